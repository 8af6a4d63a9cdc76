package fleet

import (
	"time"
)

// Settlement is how a payment at the station's terminal ended (C20 to C22).
type Settlement struct {
	PSPRef        string    `json:"pspRef,omitempty"` // Reference of the payment service provider
	Status        string    `json:"status,omitempty"` // Settled, Canceled, Rejected or Failed
	StatusInfo    string    `json:"statusInfo,omitempty"`
	Amount        Decimal   `json:"amount,omitempty"` // What was paid
	Time          time.Time `json:"time,omitzero"`    // By the station's clock
	TransactionID string    `json:"transactionId,omitempty"`
	ReceiptID     string    `json:"receiptId,omitempty"`
	ReceiptURL    string    `json:"receiptUrl,omitempty"`
	VATNumber     string    `json:"vatNumber,omitempty"` // Of the company for the invoice
	Company       string    `json:"company,omitempty"`
	Address       string    `json:"address,omitempty"`
	City          string    `json:"city,omitempty"`
	PostalCode    string    `json:"postalCode,omitempty"`
	Country       string    `json:"country,omitempty"`
}

// Kind returns RecordSettlement.
func (Settlement) Kind() RecordKind { return RecordSettlement }

// Subject returns what it is about.
func (r Settlement) Subject() string { return r.PSPRef }

// Moment returns when that was.
func (r Settlement) Moment() time.Time { return r.Time }

// Alike returns AlikeEver.
func (Settlement) Alike() Alike { return AlikeEver }

// Check accepts everything.
func (Settlement) Check() error { return nil }

// VATCheck is a question whether a VAT number is valid (C18).
type VATCheck struct {
	VATNumber string `json:"vatNumber,omitempty"`
	EVSE      *int64 `json:"evse,omitempty"`
	Answer    string `json:"answer,omitempty"` // What the station was answered
}

// Kind returns RecordVATCheck.
func (VATCheck) Kind() RecordKind { return RecordVATCheck }

// Subject returns what it is about.
func (r VATCheck) Subject() string { return r.VATNumber }

// Moment returns the zero time: the message has none.
func (VATCheck) Moment() time.Time { return time.Time{} }

// Alike returns AlikeNever.
func (VATCheck) Alike() Alike { return AlikeNever }

// Check accepts everything.
func (VATCheck) Check() error { return nil }
