package fleet

import "encoding/json"

// dataVerbs are about what vendors have added.
func dataVerbs() []VerbKind {
	return []VerbKind{
		verb[DataTransferRequest]("Send a message that a vendor has defined", `notSupported (UnknownVendorId, UnknownMessageId) means that the station does not know it. What it answers beside its status is in
the response. In OCPP 1.6 data is a text: anything else is sent as its JSON text.`, `{"vendorId":"com.example","messageId":"Light","data":{"on":true}}`),
	}
}

// DataTransferRequest sends a message that a vendor has defined.
type DataTransferRequest struct {
	VendorID  string          `json:"vendorId" minLength:"1" maxLength:"255" doc:"Who has defined it" example:"com.example"`
	MessageID string          `json:"messageId,omitempty" minLength:"1" maxLength:"50" doc:"Which of the vendor's messages" example:"Light"`
	Data      json.RawMessage `json:"data,omitempty" doc:"What the vendor says: any JSON"`
}

// VerbName is the verb's name in the API.
func (*DataTransferRequest) VerbName() string { return "data-transfer" }

// Check demands a vendor.
func (r *DataTransferRequest) Check() error {
	if r.VendorID == "" {
		return WrongArgument("/vendorId", "say whose message it is")
	}
	return nil
}

// Text returns the data as OCPP 1.6 takes it: a text as it is, and anything else as its JSON text.
func (r *DataTransferRequest) Text() (text string, given bool) {
	if len(r.Data) == 0 {
		return "", false
	}
	if json.Unmarshal(r.Data, &text) != nil {
		text = string(r.Data)
	}
	return text, true
}
