package fleet

import (
	"encoding/json"
	"time"
)

// EventStream is a periodic event stream that a station opened or closed (N11, N13).
type EventStream struct {
	StreamID  int64  `json:"streamId"`
	Open      bool   `json:"open"`                // false: closed
	MonitorID *int64 `json:"monitorId,omitempty"` // Id of the monitor whose values it brings
	Interval  *int64 `json:"interval,omitempty"`  // Seconds between messages at most
	Values    *int64 `json:"values,omitempty"`    // Values per message at most
}

// Kind returns RecordStream.
func (EventStream) Kind() RecordKind { return RecordStream }

// Subject returns what it is about.
func (r EventStream) Subject() string { return subject(r.StreamID) }

// Moment returns the zero time: the message has none.
func (EventStream) Moment() time.Time { return time.Time{} }

// Alike returns AlikeInARow.
func (EventStream) Alike() Alike { return AlikeInARow }

// Check accepts everything.
func (EventStream) Check() error { return nil }

// StreamValue is a value that an event stream brought (N15).
type StreamValue struct {
	StreamID int64           `json:"streamId"`
	Time     time.Time       `json:"time,omitzero"`   // By the station's clock
	Value    json.RawMessage `json:"value,omitempty"` // As sent
	Pending  int64           `json:"pending"`         // Values that waited at the station when it was sent
}

// Kind returns RecordStreamValue.
func (StreamValue) Kind() RecordKind { return RecordStreamValue }

// Subject returns what it is about.
func (r StreamValue) Subject() string { return subject(r.StreamID) }

// Moment returns when that was.
func (r StreamValue) Moment() time.Time { return r.Time }

// Alike returns AlikeEver.
func (StreamValue) Alike() Alike { return AlikeEver }

// Check demands JSON.
func (r StreamValue) Check() error { return checkJSON(r.Value) }
