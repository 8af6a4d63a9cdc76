package fleet

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Record is something that a station says of itself or of what goes on at it, with a name for everything it says. It is
// kept by itself and shown as it is. Its JSON form is what a notice of it says. Records are plain values.
type Record interface {
	// Kind returns what kind of record it is. It is the kind of its notice, too.
	Kind() RecordKind
	// Subject names what it is about among the records of its kind and station. The latest one of a subject counts.
	Subject() string
	// Moment returns when that was by the station's clock; the zero time: it does not say.
	Moment() time.Time
	// Alike says which record is a repetition of another one.
	Alike() Alike
	// Check returns an error that satisfies errors.Is(err, ErrInvalidEvent) when it cannot be.
	Check() error
}

// RecordKind names a kind of records.
type RecordKind string

// The kinds of records.
const (
	RecordReservation     RecordKind = "reservation.updated"
	RecordNeeds           RecordKind = "charging.needs"
	RecordEVSchedule      RecordKind = "charging.schedule"
	RecordLimit           RecordKind = "charging.limit"
	RecordProfile         RecordKind = "charging.profile"
	RecordPriority        RecordKind = "charging.priority"
	RecordScheduleRequest RecordKind = "charging.pull"
	RecordDERAlarm        RecordKind = "der.alarm"
	RecordDEREvent        RecordKind = "der.control"
	RecordDERControl      RecordKind = "der.report"
	RecordBatterySwap     RecordKind = "battery.swap"
	RecordSettlement      RecordKind = "payment.settled"
	RecordVATCheck        RecordKind = "vat.asked"
	RecordStream          RecordKind = "stream.changed"
	RecordStreamValue     RecordKind = "stream.value"
	RecordDataTransfer    RecordKind = "station.data"
	RecordContradiction   RecordKind = "station.contradiction"
	RecordTariff          RecordKind = "tariff.installed"
)

// Alike says which record is a repetition: it is absorbed, for a station sends again what it got no answer to.
type Alike int

const (
	// AlikeInARow means: one that says what the latest of its subject says.
	AlikeInARow Alike = iota
	// AlikeEver means: one that says what any other says that is kept; for records with a moment. Without one it is AlikeInARow.
	AlikeEver
	// AlikeNever means: each one counts. A question that is asked twice was asked twice.
	AlikeNever
)

// Told is a station's message that says one thing or several.
type Told struct {
	Station  string
	Received time.Time
	Records  []Record
}

// About returns the station's identity.
func (e Told) About() string { return e.Station }

// Check demands a station, and records that can be.
func (e Told) Check() error {
	for _, r := range e.Records {
		if err := r.Check(); err != nil {
			return err
		}
	}
	return checkStation(e.Station)
}

// KeptRecord is a record as it is kept.
type KeptRecord struct {
	Number   int64 // rises in the order of arrival among those of its kind
	Station  string
	Received time.Time
	Latest   bool // it is the one of its subject that counts
	Record   Record
}

// subject joins what names a subject.
func subject(parts ...any) string {
	words := make([]string, len(parts))
	for i, p := range parts {
		words[i] = fmt.Sprint(p)
	}
	return strings.Join(words, "/")
}

func checkEVSE(n int64) error {
	if n < 0 {
		return fmt.Errorf("%w: EVSE %d", ErrInvalidEvent, n)
	}
	return nil
}

func checkJSON(texts ...json.RawMessage) error {
	for _, t := range texts {
		if len(t) > 0 && !json.Valid(t) {
			return fmt.Errorf("%w: data that is no JSON", ErrInvalidEvent)
		}
	}
	return nil
}

// EveryRecord returns an empty record of each kind.
func EveryRecord() []Record {
	return []Record{
		ReservationUpdate{},
		ChargingNeeds{},
		EVSchedule{},
		ChargingLimit{},
		ChargingProfile{},
		PriorityCharging{},
		ScheduleRequest{},
		DERAlarm{},
		DERControlEvent{},
		DERControl{},
		BatterySwap{},
		Settlement{},
		VATCheck{},
		EventStream{},
		StreamValue{},
		DataTransfer{},
		Contradiction{},
		InstalledTariff{},
	}
}
