package fleet

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"
)

// TransactionKind says what an event tells of its transaction.
type TransactionKind string

// The kinds, in the words of eventType in OCPP 2.x.
const (
	TransactionStarted TransactionKind = "Started"
	TransactionUpdated TransactionKind = "Updated"
	TransactionEnded   TransactionKind = "Ended"
)

// TransactionEvent is one message about a transaction, of any version. Its key within the transaction is its
// number (2.x, Numbered) or follows from its content (1.6). The fields without a json name tell how the event
// travelled and are not part of its content: a repeated event may differ in them (E11.FR.07).
type TransactionEvent struct {
	Station       string    `json:"-"`
	Received      time.Time `json:"-"`
	TransactionID string    `json:"-"` // as sent; "" in a StartTransaction of 1.6, whose answer brings it
	Numbered      bool      `json:"-"` // SeqNo counts: OCPP 2.x
	SeqNo         int64     `json:"-"`
	Offline       bool      `json:"-"` // the event happened while the station was offline

	ClockOffset *time.Duration `json:"-"` // see Transaction; nil: not known
	Opinion     *Opinion       `json:"-"` // of an authorization hook on Token; nil: none was asked
	TakesLimits bool           `json:"-"` // its answer can give a TransactionLimit: OCPP 2.1

	// What Rest says about money: by which tariff the station goes, and what it computed (2.1, I12).
	TariffID    string       `json:"-"`
	StationCost *StationCost `json:"-"`

	Limit TransactionLimit `json:"-"` // that the station has (2.1, E16), as Rest says, too

	Kind          TransactionKind `json:"kind"`
	Time          time.Time       `json:"time,omitzero"` // the station's clock
	Trigger       string          `json:"trigger,omitempty"`
	ChargingState string          `json:"chargingState,omitempty"`
	StopReason    string          `json:"stopReason,omitempty"`
	EVSE          int             `json:"evse,omitempty"`      // 0: not said
	Connector     int             `json:"connector,omitempty"` // 0: not said
	Token         *IDToken        `json:"token,omitempty"`
	RemoteStartID *int64          `json:"remoteStartId,omitempty"`
	ReservationID *int64          `json:"reservationId,omitempty"`
	MeterStart    Decimal         `json:"meterStart,omitempty"` // 1.6 StartTransaction, Wh
	MeterStop     Decimal         `json:"meterStop,omitempty"`  // 1.6 StopTransaction, Wh
	Samples       []Sample        `json:"samples,omitempty"`
	Rest          json.RawMessage `json:"rest,omitempty"` // a JSON object: what has no field here
}

// maxSeqNo bounds sequence numbers so that differences cannot overflow.
const maxSeqNo = 1 << 53

// About returns the station's identity.
func (e TransactionEvent) About() string { return e.Station }

// Check demands a station, a kind, a place, and in OCPP 2.x a transaction id and a sequence number within 2^53.
func (e TransactionEvent) Check() error {
	switch {
	case e.Kind != TransactionStarted && e.Kind != TransactionUpdated && e.Kind != TransactionEnded:
		return fmt.Errorf("%w: kind %q", ErrInvalidEvent, e.Kind)
	case e.TransactionID == "" && (e.Numbered || e.Kind != TransactionStarted):
		return fmt.Errorf("%w: no transaction id", ErrInvalidEvent)
	case e.Numbered && (e.SeqNo > maxSeqNo || e.SeqNo < -maxSeqNo):
		return fmt.Errorf("%w: sequence number %d", ErrInvalidEvent, e.SeqNo)
	case len(e.Rest) > 0 && !json.Valid(e.Rest):
		return fmt.Errorf("%w: the rest is no JSON", ErrInvalidEvent)
	}
	return checkPlace(e.Station, e.EVSE, e.Connector)
}

// Content returns the content of the event as JSON: equal for repetitions of one event.
func (e TransactionEvent) Content() ([]byte, error) {
	b, err := json.Marshal(e.normal())
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalidEvent, err)
	}
	return b, nil
}

// normal returns e with all its times as they are kept.
func (e TransactionEvent) normal() TransactionEvent {
	e.Time = Instant(e.Time)
	e.Samples = normalSamples(e.Samples)
	return e
}

// Key returns the key of the event within its transaction; content is what Content returns.
func (e TransactionEvent) Key(content []byte) string {
	switch {
	case e.Numbered:
		return strconv.FormatInt(e.SeqNo, 10)
	case e.Kind == TransactionStarted:
		return "start"
	case e.Kind == TransactionEnded:
		return "stop"
	}
	return "m" + Digest(content)
}

// StartKey identifies a StartTransaction of OCPP 1.6 among all of its station: the same connector, token, time
// and meter reading are the same start (rule R52). It is "" for every other event.
func (e TransactionEvent) StartKey() string {
	if e.Numbered || e.Kind != TransactionStarted {
		return ""
	}
	var token IDToken
	if e.Token != nil {
		token = e.Token.Fold()
	}
	return Digest(fmt.Appendf(nil, "%d\x00%s\x00%d\x00%s", e.Connector, token.Value, Micros(e.Time), e.MeterStart.Trim()))
}

// StoredID returns the id under which the event's transaction is kept. It is TransactionID, except for ids of
// OCPP 1.6 that cannot have been given by any management system: transactions that stations call -1, 0 or the
// largest int64 have nothing in common, and each such event is kept by its own content.
func (e TransactionEvent) StoredID(content []byte) string {
	if e.Numbered || e.Kind == TransactionStarted {
		return e.TransactionID
	}
	if n, err := strconv.ParseInt(e.TransactionID, 10, 64); err == nil && IsTransactionNumber(n) {
		return e.TransactionID
	}
	return "?" + Digest(content)
}

// IsTransactionNumber reports whether a management system can have given a transaction of OCPP 1.6 this id. Stations send
// 0, -1 and the largest int64 for transactions whose id they do not know.
func IsTransactionNumber(id int64) bool { return id > 0 && id != math.MaxInt64 }

// TransactionNumber returns the id of a transaction of OCPP 1.6 as TransactionEvent wants it.
func TransactionNumber(id int64) string { return strconv.FormatInt(id, 10) }

// NumberOfTransaction is the reverse of TransactionNumber: the id of a transaction as OCPP 1.6 sends it, and 0 when a
// management system cannot have given it.
func NumberOfTransaction(id string) int64 {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil || !IsTransactionNumber(n) {
		return 0
	}
	return n
}

// Position returns where the event belongs within its transaction by what it says of itself: its number (2.x), or
// in OCPP 1.6 first for the start, last for the stop, and by time for meter values.
func (e TransactionEvent) Position() int64 {
	switch {
	case e.Numbered:
		return e.SeqNo
	case e.Kind == TransactionStarted:
		return math.MinInt64
	case e.Kind == TransactionEnded:
		return math.MaxInt64
	}
	return max(Micros(e.Time), math.MinInt64+1)
}

// Digest returns 128 bits of the SHA-256 of b as 32 hex digits.
func Digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}

// IsSeqNo reports whether a key that Key returned is a sequence number.
func IsSeqNo(key string) bool {
	_, err := strconv.ParseInt(key, 10, 64)
	return err == nil
}
