package fleet

import (
	"encoding/json"
	"fmt"
	"time"
)

// ReportKind is what a report is about.
type ReportKind string

// The kinds of reports.
const (
	ReportVariables ReportKind = "variables" // NotifyReport
	ReportMonitors  ReportKind = "monitors"  // NotifyMonitoringReport
	ReportMessages  ReportKind = "messages"  // NotifyDisplayMessages
	ReportCustomer  ReportKind = "customer"  // NotifyCustomerInformation
)

// ReportPart says which part of a report a message is. A report goes over several messages, any of which may get lost or
// come twice; a station may also begin again.
type ReportPart struct {
	RequestID   int64
	Numbered    bool      // the message has a SeqNo; display messages have none
	SeqNo       int64     // from 0 (B07.FR.10)
	More        bool      // tbc: another part follows
	GeneratedAt time.Time // by the station's clock; zero: not sent
}

// Digest identifies the part, together with its content: the same part of the same report says the same.
func (p ReportPart) Digest(content any) (string, error) {
	b, err := json.Marshal([]any{p.RequestID, p.SeqNo, p.More, Micros(p.GeneratedAt), content})
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrInvalidEvent, err)
	}
	return Digest(b), nil
}

func (p ReportPart) check(station string) error {
	if p.SeqNo < 0 {
		return fmt.Errorf("%w: part %d of a report", ErrInvalidEvent, p.SeqNo)
	}
	return checkStation(station)
}

// Report is what is known of the parts of a report.
type Report struct {
	Number    int64 // in the order in which they began
	Station   string
	Kind      ReportKind
	RequestID int64
	BegunAt   time.Time // when the first part arrived
	UpdatedAt time.Time // when the latest part arrived
	Parts     int64     // that arrived
	Missing   int64     // parts that must have been sent before those that arrived
	Ended     bool      // the last part arrived
}

// Complete reports whether all parts arrived.
func (r Report) Complete() bool { return r.Ended && r.Missing == 0 }
