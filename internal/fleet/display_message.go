package fleet

import (
	"fmt"
	"time"
)

// DisplayMessage is a message that a station has to show (O03), as it told it last.
type DisplayMessage struct {
	Station       string
	ID            int64 // unique in the station
	Priority      string
	State         string // "": whatever the state
	Display       Setting
	Texts         []DisplayText // in several languages (2.1); at least one
	StartsAt      time.Time     // zero: at once
	EndsAt        time.Time     // zero: never
	TransactionID string        // "": of no transaction
	Received      time.Time
}

// DisplayText is a text in one language.
type DisplayText struct {
	Format   string `json:"format"`
	Language string `json:"language,omitempty"`
	Content  string `json:"content"`
}

// MessagesReported is a NotifyDisplayMessages: a part of the messages that a station has.
type MessagesReported struct {
	Station  string
	Received time.Time
	Part     ReportPart
	List     []DisplayMessage
}

// About returns the station's identity.
func (e MessagesReported) About() string { return e.Station }

// Check demands messages of the station.
func (e MessagesReported) Check() error {
	for _, m := range e.List {
		if m.Station != e.Station {
			return fmt.Errorf("%w: a display message of %q", ErrInvalidEvent, m.Station)
		}
	}
	return e.Part.check(e.Station)
}
