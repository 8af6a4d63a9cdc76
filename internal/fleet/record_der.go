package fleet

import (
	"encoding/json"
	"time"
)

// DERAlarm is an alarm of a control of distributed energy, or its end (R05).
type DERAlarm struct {
	ControlType string    `json:"controlType,omitempty"` // Control that raised it, such as HVMustTrip
	Time        time.Time `json:"time,omitzero"`         // By the station's clock
	Ended       bool      `json:"ended"`                 // The alarm is over
	Fault       string    `json:"fault,omitempty"`       // What is wrong with the grid, such as OverVoltage
	ExtraInfo   string    `json:"extraInfo,omitempty"`   // In words
}

// Kind returns RecordDERAlarm.
func (DERAlarm) Kind() RecordKind { return RecordDERAlarm }

// Subject returns what it is about.
func (r DERAlarm) Subject() string { return r.ControlType }

// Moment returns when that was.
func (r DERAlarm) Moment() time.Time { return r.Time }

// Alike returns AlikeEver.
func (DERAlarm) Alike() Alike { return AlikeEver }

// Check accepts everything.
func (DERAlarm) Check() error { return nil }

// DERControlEvent is the begin or end of a control of distributed energy (R04).
type DERControlEvent struct {
	ControlID  string    `json:"controlId,omitempty"`  // Id of the control
	Started    bool      `json:"started"`              // false: it ended
	Time       time.Time `json:"time,omitzero"`        // By the station's clock
	Superseded []string  `json:"superseded,omitempty"` // Ids of the controls that it supersedes
}

// Kind returns RecordDEREvent.
func (DERControlEvent) Kind() RecordKind { return RecordDEREvent }

// Subject returns what it is about.
func (r DERControlEvent) Subject() string { return r.ControlID }

// Moment returns when that was.
func (r DERControlEvent) Moment() time.Time { return r.Time }

// Alike returns AlikeEver.
func (DERControlEvent) Alike() Alike { return AlikeEver }

// Check accepts everything.
func (DERControlEvent) Check() error { return nil }

// DERControl is a control of distributed energy that is installed at a station, as it reported or accepted (R04).
type DERControl struct {
	ControlID    string          `json:"controlId,omitempty"`   // Id of the control
	ControlType  string          `json:"controlType,omitempty"` // Such as VoltVar
	Default      bool            `json:"default"`               // It holds when nothing else is scheduled
	IsSuperseded bool            `json:"superseded"`            // Another one of higher priority holds
	Priority     int64           `json:"priority"`              // The lowest counts
	StartTime    time.Time       `json:"startTime,omitzero"`    // null: at once
	Duration     Decimal         `json:"duration,omitempty"`    // Seconds
	Settings     json.RawMessage `json:"settings,omitempty"`    // Its values, in the words of OCPP 2.1
	RequestID    int64           `json:"requestId"`             // Of the GetDERControl that asked; 0 when the station accepted it
	Accepted     bool            `json:"accepted,omitempty"`    // It is as the station accepted it, and no report had it since
}

// Kind returns RecordDERControl.
func (DERControl) Kind() RecordKind { return RecordDERControl }

// Subject returns what it is about.
func (r DERControl) Subject() string { return r.ControlID }

// Moment returns the zero time: the message has none.
func (DERControl) Moment() time.Time { return time.Time{} }

// Alike returns AlikeInARow.
func (DERControl) Alike() Alike { return AlikeInARow }

// Check demands JSON.
func (r DERControl) Check() error { return checkJSON(r.Settings) }
