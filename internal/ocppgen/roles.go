package ocppgen

import "strings"

// role is a part that messages of an action play in the connection itself (package ocpp, roles.go). In its text
// Q stands for the type of the request and R for that of the response.
type role struct {
	versions string
	actions  string
	text     string
}

var roles = []role{
	{"1.6 2.0.1 2.1", "BootNotification", `
// OCPPBootRequest marks the boot request.
func (*Q) OCPPBootRequest() {}

// OCPPBootResult returns what the response says in any version. An interval out of range counts as the nearest
// one in it.
func (v *R) OCPPBootResult() ocpp.BootResult {
	seconds := min(max(v.Interval, 0), 1<<31-1)
	return ocpp.BootResult{
		Status:      ocpp.BootStatus(v.Status),
		CurrentTime: v.CurrentTime.Time,
		Interval:    time.Duration(seconds) * time.Second,
	}
}
`},
	{"1.6", "TriggerMessage", triggerRole("")},
	{"1.6", "ExtendedTriggerMessage", triggerRole(`
	case ExtendedMessageTriggerSignChargePointCertificate:
		return "SignCertificate"
	case ExtendedMessageTriggerFirmwareStatusNotification:
		return "SignedFirmwareStatusNotification"`)},
	{"2.0.1", "TriggerMessage", triggerRole(`
	case MessageTriggerSignChargingStationCertificate, MessageTriggerSignV2GCertificate,
		MessageTriggerSignCombinedCertificate:
		return "SignCertificate"`)},
	{"2.1", "TriggerMessage", triggerRole(`
	case MessageTriggerSignChargingStationCertificate, MessageTriggerSignV2GCertificate,
		MessageTriggerSignV2G20Certificate, MessageTriggerSignCombinedCertificate:
		return "SignCertificate"
	case MessageTriggerCustomTrigger:
		return "" // what it sends is between the vendors`)},
	{"2.0.1 2.1", "NotifyReport NotifyMonitoringReport", `
// OCPPReport marks a message that a CSMS lets through while the boot is Pending (B02.FR.02).
func (*Q) OCPPReport() {}
`},
	{"1.6", "RemoteStartTransaction RemoteStopTransaction", rejectRole("RemoteStartStopStatusRejected")},
	{"2.0.1 2.1", "RequestStartTransaction RequestStopTransaction", rejectRole("RequestStartStopStatusRejected")},
	{"1.6", "StartTransaction", `
// OCPPTransactional marks a message that must survive being offline.
func (*Q) OCPPTransactional() bool { return true }

// OCPPTransactionID returns the id of the transaction that began.
func (v *R) OCPPTransactionID() int64 { return v.TransactionID }
`},
	{"1.6", "StopTransaction", `
// OCPPTransactional marks a message that must survive being offline.
func (*Q) OCPPTransactional() bool { return true }

// SetOCPPTransactionID sets the id that the answer to StartTransaction brought.
func (v *Q) SetOCPPTransactionID(id int64) { v.TransactionID = id }
`},
	{"1.6", "MeterValues", `
// OCPPTransactional reports whether the samples belong to a transaction and so must survive being offline.
func (v *Q) OCPPTransactional() bool {
	_, ok := v.TransactionID.Get()
	return ok
}

// SetOCPPTransactionID sets the id that the answer to StartTransaction brought.
func (v *Q) SetOCPPTransactionID(id int64) { v.TransactionID = ocpp.Some(id) }
`},
	{"2.0.1 2.1", "TransactionEvent", `
// OCPPTransactional marks a message that must survive being offline.
func (*Q) OCPPTransactional() bool { return true }

// SetOCPPOffline says whether the event happened while offline (E04.FR.03).
func (v *Q) SetOCPPOffline(offline bool) { v.Offline = ocpp.Some(offline) }
`},
	{"1.6", "DataTransfer", dataRole("v.Data = stringOfData(t.Data)", "dataOfString(v.Data)") + dataStrings},
	{"2.0.1 2.1", "DataTransfer", dataRole("v.Data = t.Data", "v.Data")},
}

// writeRoles writes the methods by which the messages of an action play their roles.
func writeRoles(s *source, v *Version, a *Action) {
	for _, r := range roles {
		if contains(r.versions, v.Name) && contains(r.actions, a.Name) {
			s.linef("%s", strings.NewReplacer("*Q)", "*"+a.Request.Go+")", "*R)", "*"+a.Name+"Response)", "&R{",
				"&"+a.Name+"Response{").Replace(r.text))
		}
	}
}

func contains(list, word string) bool {
	return strings.Contains(" "+list+" ", " "+word+" ")
}

func triggerRole(cases string) string {
	if cases != "" {
		cases = "switch v.RequestedMessage {" + cases + "\n\t}\n\t"
	}
	return `
// OCPPTriggers returns the action that is asked for, "" when that is none of OCPP.
func (v *Q) OCPPTriggers() string {
	` + cases + `return string(v.RequestedMessage)
}

// OCPPTriggerAccepted reports whether the message will come.
func (v *R) OCPPTriggerAccepted() bool { return v.Status == TriggerMessageStatusAccepted }
`
}

func rejectRole(status string) string {
	return `
// OCPPRejected returns the response that refuses the request.
func (*Q) OCPPRejected() any { return &R{Status: ` + status + `} }
`
}

func dataRole(set, get string) string {
	return `
// OCPPDataTransfer returns the content in the form of any version.
func (v *Q) OCPPDataTransfer() ocpp.DataTransfer {
	return ocpp.DataTransfer{VendorID: v.VendorID, MessageID: v.MessageID, Data: ` + get + `}
}

// SetOCPPDataTransfer sets the content.
func (v *Q) SetOCPPDataTransfer(t ocpp.DataTransfer) {
	v.VendorID, v.MessageID = t.VendorID, t.MessageID
	` + set + `
}

// OCPPDataTransferResult returns the content in the form of any version.
func (v *R) OCPPDataTransferResult() ocpp.DataTransferResult {
	return ocpp.DataTransferResult{Status: ocpp.DataTransferStatus(v.Status), Data: ` + get + `}
}

// SetOCPPDataTransferResult sets the content.
func (v *R) SetOCPPDataTransferResult(t ocpp.DataTransferResult) {
	v.Status = DataTransferStatus(t.Status)
	` + set + `
}
`
}

// dataStrings is how the data of OCPP 1.6, a string, becomes a JSON value and back.
const dataStrings = `
// dataOfString returns the JSON string for the data of OCPP 1.6.
func dataOfString(s ocpp.Opt[string]) json.RawMessage {
	text, ok := s.Get()
	if !ok {
		return nil
	}
	return jsonwire.AppendString(nil, text)
}

// stringOfData returns the content of a JSON string. Any other JSON value is sent as its text, which is how
// vendors put objects into OCPP 1.6.
func stringOfData(data json.RawMessage) ocpp.Opt[string] {
	if data == nil {
		return ocpp.Opt[string]{}
	}
	var text string
	if json.Unmarshal(data, &text) != nil {
		text = string(data)
	}
	return ocpp.Some(text)
}
`
