package fleet

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// DeviceAnswer is what a station answered last to a request that changes something at it or has it do something, by what the
// request was about: a variable, a monitor, a certificate, a display message, a slot for a network profile, a place.
type DeviceAnswer struct {
	Number    int64 // in the order of arrival; 0 until it is stored
	Station   string
	Action    string  // of the request
	Setting   Setting // the variable, or the one that a monitor watches; without a name: the place; zero: of none
	Attribute string  // of the variable; "": of none
	Object    string  // what else it is about: the id of a monitor or message, a slot, a certificate; "": nothing
	Value     string  // what it was to become; Hidden when that is a secret, "" when nothing
	Status    string  // the station's word
	Reason    string  // statusInfo of 2.x
	Info      string
	Received  time.Time
}

// Took reports whether the station did as asked, at once, from its next start on, or as soon as a transaction is over.
func (a DeviceAnswer) Took() bool {
	switch VerdictOfWord(a.Status) {
	case VerdictAccepted, VerdictScheduled, VerdictRebootRequired:
		return true
	}
	return false
}

// StatusRebootRequired is the answer of a station that takes a value over when it starts again.
const StatusRebootRequired = "RebootRequired"

// Subject says what the answer is about, among those of its station and action.
func (a DeviceAnswer) Subject() string {
	return a.Setting.Key() + "\x1f" + strings.ToLower(a.Attribute) + "\x1f" + a.Object
}

// DeviceAnswered is an answer of a station to a request that changes something at it, and what has changed.
type DeviceAnswered struct {
	Station  string
	Received time.Time
	Action   string
	Answers  []DeviceAnswer
	Changes  []DeviceChange
}

// DeviceChange is something that is otherwise at a station from now on. Only the types of this package are changes.
type DeviceChange interface{ check(station string) error }

// MonitorSet is a monitor that was set, or set anew.
type MonitorSet struct{ Monitor Monitor }

// MonitorCleared is a monitor that is not there any more.
type MonitorCleared struct{ ID int64 }

// MonitorsCleared says that no monitor is there any more.
type MonitorsCleared struct{}

// MonitoringBaseSet says which monitors are set: All, FactoryDefault or HardWiredOnly (N03).
type MonitoringBaseSet struct{ Base string }

// MonitoringLevelSet says which events are reported: those of this severity and graver ones (N05).
type MonitoringLevelSet struct{ Severity int }

// MessageSet is a display message that was set, or set anew.
type MessageSet struct{ Message DisplayMessage }

// MessageCleared is a display message that is not there any more.
type MessageCleared struct{ ID int64 }

// MessagesCleared says that no display message is there any more.
type MessagesCleared struct{}

// About returns the station's identity.
func (e DeviceAnswered) About() string { return e.Station }

// Check demands answers and changes of the station, without secrets.
func (e DeviceAnswered) Check() error {
	for _, a := range e.Answers {
		if a.Station != e.Station {
			return fmt.Errorf("%w: an answer of %q", ErrInvalidEvent, a.Station)
		}
		place := Setting{EVSE: a.Setting.EVSE, Connector: a.Setting.Connector}
		if err := a.Setting.Check(); a.Setting != place && err != nil {
			return err
		}
		if a.Setting.Secret() && a.Value != "" && a.Value != Hidden {
			return fmt.Errorf("%w: a secret in clear", ErrInvalidEvent)
		}
	}
	for _, c := range e.Changes {
		if err := c.check(e.Station); err != nil {
			return err
		}
	}
	return checkStation(e.Station)
}

func (c MonitorSet) check(station string) error {
	if c.Monitor.Station != station {
		return fmt.Errorf("%w: a monitor of %q", ErrInvalidEvent, c.Monitor.Station)
	}
	return c.Monitor.Setting.Check()
}

func (MonitorCleared) check(string) error { return nil }

func (MonitorsCleared) check(string) error { return nil }

func (MonitoringBaseSet) check(string) error { return nil }

func (MonitoringLevelSet) check(string) error { return nil }

func (c MessageSet) check(station string) error {
	if c.Message.Station != station {
		return fmt.Errorf("%w: a display message of %q", ErrInvalidEvent, c.Message.Station)
	}
	return nil
}

func (MessageCleared) check(string) error { return nil }

func (MessagesCleared) check(string) error { return nil }

// Monitoring is which monitors a station has set and which events it reports, as far as it was told so. Zero: not told.
type Monitoring struct {
	Base    string
	BaseAt  time.Time
	Level   *int
	LevelAt time.Time
}

// CustomMonitor is the kind of a monitor that was set by a request.
const CustomMonitor = "CustomMonitor"

// ObjectID is the Object of an answer about something with a number.
func ObjectID[N ~int | ~int64](id N) string { return strconv.FormatInt(int64(id), 10) }
