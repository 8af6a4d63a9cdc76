package httpapi

import (
	"net/url"
	"strings"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// Transaction is a charging session as its events tell it. What is not known is null.
type Transaction struct {
	ID            string     `json:"id" doc:"For the paths of this API" example:"CP-001:17"`
	Station       string     `json:"station" example:"CP-001"`
	TransactionID string     `json:"transactionId" doc:"As the station knows it" example:"17"`
	EVSE          *int       `json:"evse"`
	Connector     *int       `json:"connector"`
	IDToken       *string    `json:"idToken" doc:"Who started it" example:"04E91C5A123580"`
	IDTokenType   *string    `json:"idTokenType" doc:"OCPP 2.x" example:"ISO14443"`
	StopToken     *string    `json:"stopToken" doc:"Who ended it, if the station said so"`
	StopTokenType *string    `json:"stopTokenType" doc:"OCPP 2.x"`
	Authorization *string    `json:"authorization" doc:"What was decided about idToken" example:"Accepted"`
	AuthReason    *string    `json:"authorizationReason" doc:"Why: on-record, unknown-accepted, none-needed, vouched-for; blocked, invalid, expired, no-credit, not-yet, not-now, not-here, too-many, too-many-in-group, master-pass, unknown-refused, wrong-code, malformed; hook, hook-failed" example:"on-record"`
	AuthDetail    *string    `json:"authorizationDetail" doc:"Why, in a sentence" example:"it is on record as accepted"`
	StopAuth      *string    `json:"stopAuthorization" doc:"What was decided about stopToken" example:"Accepted"`
	StopAuthWhy   *string    `json:"stopAuthorizationReason" doc:"Why, in one word" example:"on-record"`
	Group         *string    `json:"group" doc:"Group of idToken when that was decided" example:"FAMILY"`
	Active        bool       `json:"active" doc:"The end has not been reported"`
	StartedAt     *time.Time `json:"startedAt" doc:"By the station's clock"`
	EndedAt       *time.Time `json:"endedAt" doc:"By the station's clock"`
	MeterStart    Number     `json:"meterStart" doc:"Wh"`
	MeterStop     Number     `json:"meterStop" doc:"Wh"`
	MeterLast     Number     `json:"meterLast" doc:"Wh, the latest reading of the energy register"`
	StopReason    *string    `json:"stopReason" example:"Local"`
	ChargingState *string    `json:"chargingState" doc:"OCPP 2.x" example:"Charging"`
	Offline       bool       `json:"offline" doc:"Some of it happened while the station was offline"`
	RemoteStartID *int64     `json:"remoteStartId" doc:"OCPP 2.x"`
	ReservationID *int64     `json:"reservationId"`

	Limits []TransactionLimit `json:"limits" nullable:"false" doc:"What it may cost, take and last (OCPP 2.1)"`

	StartSeen bool `json:"startSeen" doc:"The message that starts it is here"`
	TransactionCost
	Events        int64      `json:"events" doc:"Messages known"`
	MissingEvents int64      `json:"missingEvents" doc:"Gaps in the sequence numbers (OCPP 2.x)"`
	Conflicts     int64      `json:"conflicts" doc:"Messages that contradicted an earlier one; the earlier one counts"`
	Anomalies     []string   `json:"anomalies" nullable:"false" enum:"unknown,after-end,stop-before-start,place,meter-negative,meter-backwards,time,sequence" doc:"What its messages contradict; all of them count as they came"`
	ClockOffset   *float64   `json:"clockOffset" doc:"Seconds to add to the station's times to get the server's, as estimated when the latest message came" example:"-0.25"`
	Waiting       *bool      `json:"messagesWaiting" doc:"Messages of it have not been sent, as the station answered last to GetTransactionStatus (OCPP 2.x); null: nobody asked"`
	Ongoing       *bool      `json:"ongoing" doc:"It has not ended, as the station answered last to GetTransactionStatus (OCPP 2.x); null: nobody asked"`
	ToldAt        *time.Time `json:"toldAt" doc:"When the station answered that"`
	FirstReceived *time.Time `json:"firstReceivedAt" doc:"By the server's clock"`
	LastReceived  *time.Time `json:"lastReceivedAt" doc:"By the server's clock"`
}

// Sample is one measured value.
type Sample struct {
	Time       *time.Time   `json:"time" doc:"By the station's clock"`
	ReceivedAt *time.Time   `json:"receivedAt" doc:"By the server's clock"`
	SeqNo      *int64       `json:"seqNo" doc:"Of the message that brought it (OCPP 2.x)"`
	Measurand  string       `json:"measurand" example:"Energy.Active.Import.Register"`
	Value      Number       `json:"value"`
	Text       *string      `json:"text" doc:"The value as sent, when it is no number"`
	Unit       *string      `json:"unit" example:"Wh"`
	Multiplier int          `json:"multiplier" doc:"value counts units of 10 to this power"`
	Phase      *string      `json:"phase" example:"L1"`
	Context    *string      `json:"context" example:"Sample.Periodic"`
	Location   *string      `json:"location" example:"Outlet"`
	Signed     *SignedValue `json:"signed,omitempty" doc:"The reading as the meter signed it; absent when it did not"`
}

// SignedValue is a reading that the meter signed, as it came.
type SignedValue struct {
	Data      string  `json:"data"`
	Method    *string `json:"method"`
	Encoding  *string `json:"encoding"`
	PublicKey *string `json:"publicKey"`
}

func viewTransaction(t fleet.Transaction) Transaction {
	return Transaction{
		ID: transactionID(t.Station, t.ID), Station: t.Station, TransactionID: t.ID,
		EVSE: orNull(t.EVSE), Connector: orNull(t.Connector),
		IDToken: orNull(t.Token.Value), IDTokenType: orNull(t.Token.Type), Authorization: orNull(string(t.Decision)),
		AuthReason: orNull(string(t.DecisionReason)), AuthDetail: orNull(t.DecisionDetail),
		Group: orNull(t.Group), StopAuth: orNull(string(t.StopDecision)), StopAuthWhy: orNull(string(t.StopDecisionReason)),
		StopToken: orNull(t.StopToken.Value), StopTokenType: orNull(t.StopToken.Type),
		Active: t.Active, StartedAt: instant(t.StartedAt), EndedAt: instant(t.EndedAt),
		MeterStart: number(t.MeterStart), MeterStop: number(t.MeterStop), MeterLast: number(t.MeterLast),
		StopReason: orNull(t.StopReason), ChargingState: orNull(t.ChargingState), Offline: t.Offline,
		RemoteStartID: t.RemoteStartID, ReservationID: t.ReservationID, Limits: viewTransactionLimits(t), StartSeen: t.Begun, TransactionCost: viewCost(t),
		Events: t.Events, MissingEvents: t.Missing, Conflicts: t.Conflicts, Anomalies: anomalyNames(t.Anomalies), ClockOffset: inSeconds(t.ClockOffset),
		Waiting: t.MessagesWaiting, Ongoing: t.Ongoing, ToldAt: instant(t.ToldAt), FirstReceived: instant(t.FirstReceived), LastReceived: instant(t.LastReceived),
	}
}

func anomalyNames(a fleet.Anomalies) []string {
	list := []string{}
	for _, kind := range a.Kinds() {
		list = append(list, string(kind))
	}
	return list
}

func viewSample(s fleet.TransactionSample, numbered bool) Sample {
	v := Sample{
		Time: instant(s.Time), ReceivedAt: instant(s.Received), Measurand: s.Measurand, Value: number(s.Value), Text: orNull(s.Text),
		Unit: orNull(s.Unit), Multiplier: s.Multiplier, Phase: orNull(s.Phase), Context: orNull(s.Context), Location: orNull(s.Location),
	}
	if v.Measurand == "" {
		v.Measurand = fleet.EnergyRegister
	}
	if numbered {
		v.SeqNo = &s.SeqNo
	}
	if s.Signed != nil {
		v.Signed = &SignedValue{
			Data: s.Signed.Data, Method: orNull(s.Signed.Method), Encoding: orNull(s.Signed.Encoding), PublicKey: orNull(s.Signed.PublicKey),
		}
	}
	return v
}

// transactionID makes the id of a transaction for paths. A transaction is unique only together with its station;
// both parts are escaped, so that the colon between them is the only one. What needs no escape has none: most ids may be
// pasted into a path as they are.
func transactionID(station, id string) string {
	return escapeID(station) + ":" + escapeID(id)
}

func escapeID(s string) string { return strings.ReplaceAll(url.PathEscape(s), ":", "%3A") }

// parseTransactionID takes apart what transactionID made.
func parseTransactionID(s string) (station, id string, ok bool) {
	a, b, ok := strings.Cut(s, ":")
	station, id = unescapeID(a), unescapeID(b)
	return station, id, ok && station != "" && id != ""
}

// OwnTransactionID is what a station itself calls its transaction: what is behind its identity in the id of the list, escaped or not, and
// any other id as it is.
func OwnTransactionID(station, id string) string {
	if own, ok := strings.CutPrefix(id, station+":"); ok {
		return unescapeID(own)
	}
	if s, own, ok := parseTransactionID(id); ok && s == station {
		return own
	}
	return id
}

// unescapeID takes text that is not escaped as it is: somebody pasted an id into a path, which took the escapes away.
func unescapeID(s string) string {
	if plain, err := url.PathUnescape(s); err == nil {
		return plain
	}
	return s
}
