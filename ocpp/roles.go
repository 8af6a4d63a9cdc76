package ocpp

import (
	"encoding/json"
	"time"
)

// The interfaces of this file mark messages that play a part in the connection itself, so that packages
// ocppj, csms and station know them without importing a version. Generated messages implement them.

// BootStatus is the registration status of a boot response.
type BootStatus string

// The boot statuses.
const (
	BootAccepted BootStatus = "Accepted"
	BootPending  BootStatus = "Pending"
	BootRejected BootStatus = "Rejected"
)

// BootResult is what a BootNotification response says in any version.
type BootResult struct {
	Status      BootStatus
	CurrentTime time.Time
	Interval    time.Duration // heartbeat interval, or the wait before the next boot; 0: the station chooses
}

// BootRequest is a BootNotification request.
type BootRequest interface{ OCPPBootRequest() }

// BootResponse is a BootNotification response.
type BootResponse interface{ OCPPBootResult() BootResult }

// TriggerRequest is a TriggerMessage or ExtendedTriggerMessage request. OCPPTriggers returns the action that
// it asks for, such as "SignCertificate", or "" when that is no OCPP action.
type TriggerRequest interface{ OCPPTriggers() string }

// TriggerResponse is the answer to a TriggerRequest.
type TriggerResponse interface{ OCPPTriggerAccepted() bool }

// ReportMessage is a station message that a CSMS lets through while the boot is Pending (2.x B02.FR.02).
type ReportMessage interface{ OCPPReport() }

// RemoteControl is a request to start or stop a transaction, which a station rejects while its boot is
// Pending (2.x B02.FR.05). OCPPRejected returns the response that says so.
type RemoteControl interface{ OCPPRejected() any }

// DataTransfer is the content of a DataTransfer request in any version.
type DataTransfer struct {
	VendorID  string
	MessageID Opt[string]
	Data      json.RawMessage // one JSON value; a JSON string in OCPP 1.6; nil is absent
}

// DataTransferRequest is a DataTransfer request.
type DataTransferRequest interface {
	OCPPDataTransfer() DataTransfer
	SetOCPPDataTransfer(DataTransfer)
}

// DataTransferStatus is the status of a DataTransfer response.
type DataTransferStatus string

// The statuses of a DataTransfer.
const (
	DataTransferAccepted         DataTransferStatus = "Accepted"
	DataTransferRejected         DataTransferStatus = "Rejected"
	DataTransferUnknownMessageID DataTransferStatus = "UnknownMessageId"
	DataTransferUnknownVendorID  DataTransferStatus = "UnknownVendorId"
)

// DataTransferResult is the content of a DataTransfer response in any version.
type DataTransferResult struct {
	Status DataTransferStatus
	Data   json.RawMessage // as in DataTransfer
}

// DataTransferResponse is a DataTransfer response.
type DataTransferResponse interface {
	OCPPDataTransferResult() DataTransferResult
	SetOCPPDataTransferResult(DataTransferResult)
}

// TransactionMessage is a request that belongs to a transaction and must survive being offline: it is queued
// and delivered in order (rule R50). OCPPTransactional reports whether this one does: a MeterValues request of
// OCPP 1.6 does only with a transactionId.
type TransactionMessage interface{ OCPPTransactional() bool }

// TransactionStarted is the StartTransaction response of OCPP 1.6, which brings the transaction's id.
type TransactionStarted interface{ OCPPTransactionID() int64 }

// TransactionDependant is a request of OCPP 1.6 that carries the id which StartTransaction's answer brings, and
// is patched with it when it was queued before (rule R53).
type TransactionDependant interface {
	OCPPTransactional() bool
	SetOCPPTransactionID(int64)
}

// OfflineMessage is a request that says whether it was made while offline (2.x TransactionEvent, E04.FR.03).
type OfflineMessage interface{ SetOCPPOffline(bool) }
