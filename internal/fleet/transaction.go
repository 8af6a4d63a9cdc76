package fleet

import "time"

// Transaction is what the set of its events says, in whatever order they arrived, and however often.
type Transaction struct {
	Station string
	ID      string // as the station knows it; a decimal number in OCPP 1.6; unique for its station
	Number  int64  // the same as a number when this system gave it (1.6); 0 otherwise

	EVSE, Connector int         // 0: not said yet
	Token           IDToken     // who started it; zero: not said yet
	StopToken       IDToken     // who ended it, if the station said so
	Decision        TokenStatus // about Token when it was first seen; "" without one

	// Why Decision is what it is, in one word and in a sentence, and what was decided about StopToken.
	DecisionReason     DecisionReason
	DecisionDetail     string
	StopDecision       TokenStatus
	StopDecisionReason DecisionReason
	Group              string // of Token when that was decided; "" none

	Begun         bool      // the start message is here
	Active        bool      // the end message is not
	StartedAt     time.Time // by the station's clock; without the start message the time of the first known event
	EndedAt       time.Time // by the station's clock; zero while active
	MeterStart    Decimal   // Wh; "" unknown
	MeterStop     Decimal   // Wh; "" unknown or active
	MeterLast     Decimal   // Wh; the latest reading of the energy register
	StopReason    string    // "" while active
	ChargingState string    // 2.x; "" unknown
	Offline       bool      // some of it happened while the station was offline
	RemoteStartID *int64    // 2.x
	ReservationID *int64

	// What it costs: by the tariff with which it began, or as the station computed it.
	Tariff        string       // its id; "" none counts, or the station did not say by which it goes
	TariffSource  TariffSource // why this one; "" without a tariff
	Cost          *Cost        // nil: not known, which does not mean that it is free (I03.FR.04)
	StationTariff string       // 2.1: by which the station goes, as it told; "" not told
	StationCost   *StationCost // 2.1: what it computed last; nil: nothing
	CreditTaken   Decimal      // off the credit of its token, when it had ended; "" nothing

	// What bounds it.
	AskedLimits AskedLimits             // that this system wants it to have; nil: none
	ToldLimits  map[LimitKind]ToldLimit // by the station (2.1); nil: none

	Events    int64 // number of different events known
	Missing   int64 // numbers missing between the lowest and the highest known sequence number (2.x)
	Conflicts int64 // events that contradicted one that was here before
	Anomalies Anomalies

	// ClockOffset is what had to be added to the station's times to get the server's when the latest event came, as
	// estimated by Clock; nil: not known.
	ClockOffset *time.Duration

	// What the station answered last when it was asked about the transaction (E14); nil and zero: nobody asked.
	MessagesWaiting *bool // messages of it have not been sent
	Ongoing         *bool // it has not ended
	ToldAt          time.Time

	FirstReceived time.Time // the server's clock
	LastReceived  time.Time
}

// Energy returns MeterStop, or while active MeterLast, together with MeterStart; both in Wh, "" if unknown.
func (t Transaction) Energy() (start, latest Decimal) {
	if t.MeterStop != "" {
		return t.MeterStart, t.MeterStop
	}
	return t.MeterStart, t.MeterLast
}

// Trouble says that its events are not whole or contradict each other: the start or others are missing, one says what
// another of the same key does not, or there are anomalies.
func (t Transaction) Trouble() bool {
	return !t.Begun || t.Missing > 0 || t.Conflicts > 0 || t.Anomalies != 0
}

// TransactionSample is a sample with the event that brought it.
type TransactionSample struct {
	Sample
	SeqNo    int64 // of the event (2.x)
	Received time.Time
}

// Conflict is an event that contradicts the one that was stored first under the same key.
type Conflict struct {
	Transaction string // its id
	Key         string
	Received    time.Time
	First       []byte // content, JSON
	Second      []byte // content, JSON
}
