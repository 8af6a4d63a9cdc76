package fleet

import (
	"encoding/json"
	"time"
)

// DataTransfer is a DataTransfer that a station sent (P02).
type DataTransfer struct {
	VendorID  string          `json:"vendorId,omitempty"` // Vendor that made the format up
	MessageID string          `json:"messageId,omitempty"`
	Data      json.RawMessage `json:"data,omitempty"`   // As sent; in OCPP 1.6 always a text
	Answer    string          `json:"answer,omitempty"` // What the station was answered
	Reply     json.RawMessage `json:"reply,omitempty"`  // Data of the answer
}

// Kind returns RecordDataTransfer.
func (DataTransfer) Kind() RecordKind { return RecordDataTransfer }

// Subject returns what it is about.
func (r DataTransfer) Subject() string { return subject(r.VendorID, r.MessageID) }

// Moment returns the zero time: the message has none.
func (DataTransfer) Moment() time.Time { return time.Time{} }

// Alike returns AlikeNever.
func (DataTransfer) Alike() Alike { return AlikeNever }

// Check demands JSON.
func (r DataTransfer) Check() error { return checkJSON(r.Data, r.Reply) }
