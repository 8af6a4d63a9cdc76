package storetest

import (
	"fmt"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// start16 is a StartTransaction of OCPP 1.6.
func start16(station, token string, meter fleet.Decimal, at time.Time) fleet.TransactionEvent {
	return fleet.TransactionEvent{
		Station: station, Received: at.Add(time.Second), Kind: fleet.TransactionStarted, Time: at, EVSE: 1, Connector: 1,
		Token: &fleet.IDToken{Value: token}, MeterStart: meter,
	}
}

func meter16(station, id string, wh int, at time.Time) fleet.TransactionEvent {
	return fleet.TransactionEvent{
		Station: station, Received: at.Add(time.Second), Kind: fleet.TransactionUpdated, TransactionID: id, Time: at, EVSE: 1, Connector: 1,
		Samples: []fleet.Sample{{Time: at, Value: fleet.Decimal(fmt.Sprint(wh)), Unit: "Wh"}},
	}
}

func stop16(station, id string, meter fleet.Decimal, at time.Time) fleet.TransactionEvent {
	return fleet.TransactionEvent{
		Station: station, Received: at.Add(time.Second), Kind: fleet.TransactionEnded, TransactionID: id, Time: at, MeterStop: meter,
		StopReason: "EVDisconnected", Token: &fleet.IDToken{Value: "stopper"},
	}
}

// session2x is a whole session of OCPP 2.x.
func session2x(station, id string) []fleet.TransactionEvent {
	at := func(seq int) time.Time { return noon.Add(time.Duration(seq) * time.Minute) }
	event := func(seq int, kind fleet.TransactionKind, trigger, state string) fleet.TransactionEvent {
		return fleet.TransactionEvent{
			Station: station, Received: at(seq).Add(time.Second), TransactionID: id, Numbered: true, SeqNo: int64(seq),
			Kind: kind, Time: at(seq), Trigger: trigger, ChargingState: state,
		}
	}
	reading := func(seq int, kwh fleet.Decimal, context string) []fleet.Sample {
		return []fleet.Sample{
			{Time: at(seq), Value: "16", Measurand: "Current.Import", Phase: "L1", Unit: "A"},
			{Time: at(seq), Value: kwh, Unit: "kWh", Context: context},
		}
	}
	remote := int64(7)
	list := []fleet.TransactionEvent{
		event(0, fleet.TransactionStarted, "CablePluggedIn", "EVConnected"),
		event(1, fleet.TransactionUpdated, "Authorized", "EVConnected"),
		event(2, fleet.TransactionUpdated, "ChargingStateChanged", "Charging"),
		event(3, fleet.TransactionUpdated, "MeterValuePeriodic", ""),
		event(4, fleet.TransactionUpdated, "StopAuthorized", "EVConnected"),
		event(5, fleet.TransactionEnded, "EVCommunicationLost", "Idle"),
	}
	list[0].EVSE, list[0].Connector = 2, 1
	list[0].Samples = reading(0, "1.5", "Transaction.Begin")
	list[1].Token = &fleet.IDToken{Value: "Driver", Type: "ISO14443"}
	list[1].RemoteStartID = &remote
	list[3].Samples = reading(3, "2.25", "Sample.Periodic")
	list[4].Token = &fleet.IDToken{Value: "stopper", Type: "ISO14443"}
	list[5].Samples = reading(5, "3.75", "Transaction.End")
	list[5].StopReason = "EVDisconnected"
	list[5].Offline = true
	return list
}

func testSession16(f *fixture) {
	taken := fleet.Decision{Reason: fleet.ReasonUnknownTaken}
	r := f.submit(start16("A", "Driver", "100", noon))
	if r.TransactionNumber <= 0 || r.TransactionID != fmt.Sprint(r.TransactionNumber) {
		f.Fatalf("result: %+v", r)
	}
	equal(f, "token", r.Token.Accepted(), true)
	x := f.transaction("A", r.TransactionID)
	equal(f, "active", x.Active, true)
	equal(f, "meter stop while active", x.MeterStop, "")
	f.submit(meter16("A", r.TransactionID, 150, noon.Add(time.Minute)))
	equal(f, "latest reading", f.transaction("A", r.TransactionID).MeterLast, "150")
	f.submit(stop16("A", r.TransactionID, "250", noon.Add(time.Hour)))
	x = f.transaction("", r.TransactionID)
	want := fleet.Transaction{
		Station: "A", ID: r.TransactionID, Number: r.TransactionNumber, EVSE: 1, Connector: 1,
		Token: fleet.IDToken{Value: "Driver"}, StopToken: fleet.IDToken{Value: "stopper"}, Decision: fleet.TokenAccepted,
		DecisionReason: taken.Reason, DecisionDetail: taken.Words(), StopDecision: fleet.TokenAccepted, StopDecisionReason: taken.Reason,
		Begun: true, StartedAt: noon, EndedAt: noon.Add(time.Hour), MeterStart: "100", MeterStop: "250", MeterLast: "250",
		StopReason: "EVDisconnected", Events: 3, FirstReceived: noon.Add(time.Second), LastReceived: noon.Add(time.Hour + time.Second),
	}
	deepEqual(f, "transaction", x, want)
}

func testSession2x(f *fixture) {
	taken := fleet.Decision{Reason: fleet.ReasonUnknownTaken}
	for _, e := range session2x("A", "x-1") {
		r := f.submit(e)
		equal(f, "id", r.TransactionID, "x-1")
		equal(f, "number", r.TransactionNumber, 0)
		equal(f, "token was judged", r.Token.Status != "", e.Token != nil)
	}
	x := f.transaction("A", "x-1")
	if x.RemoteStartID == nil || *x.RemoteStartID != 7 {
		f.Errorf("remote start id: %v", x.RemoteStartID)
	}
	x.RemoteStartID = nil
	deepEqual(f, "transaction", x, fleet.Transaction{
		Station: "A", ID: "x-1", EVSE: 2, Connector: 1, Token: fleet.IDToken{Value: "Driver", Type: "ISO14443"},
		StopToken: fleet.IDToken{Value: "stopper", Type: "ISO14443"}, Decision: fleet.TokenAccepted, Begun: true,
		DecisionReason: taken.Reason, DecisionDetail: taken.Words(), StopDecision: fleet.TokenAccepted, StopDecisionReason: taken.Reason,
		StartedAt: noon, EndedAt: noon.Add(5 * time.Minute), MeterStart: "1500", MeterStop: "3750", MeterLast: "3750",
		StopReason: "EVDisconnected", ChargingState: "Idle", Offline: true, Events: 6,
		FirstReceived: noon.Add(time.Second), LastReceived: noon.Add(5*time.Minute + time.Second),
	})
}

// testSameStart: the same start has the same id for ever, another start another one.
func testSameStart(f *fixture) {
	first := f.submit(start16("A", "Driver", "100", noon))
	again := start16("A", "dRIVER", "100.0", noon.In(time.FixedZone("", 7200)))
	again.Token = &fleet.IDToken{Value: "Driver"}
	again.MeterStart = "100"
	again.Received = noon.Add(time.Hour)
	r := f.submit(again)
	equal(f, "id of the repeated start", r.TransactionNumber, first.TransactionNumber)
	equal(f, "it is a duplicate", r.Duplicate, true)
	equal(f, "token", fmt.Sprintf("%+v", r.Token), fmt.Sprintf("%+v", first.Token))

	seen := map[int64]bool{first.TransactionNumber: true}
	for name, e := range map[string]fleet.TransactionEvent{
		"station": start16("B", "Driver", "100", noon),
		"token":   start16("A", "Other", "100", noon),
		"meter":   start16("A", "Driver", "101", noon),
		"time":    start16("A", "Driver", "100", noon.Add(time.Millisecond)),
	} {
		n := f.submit(e).TransactionNumber
		if seen[n] {
			f.Errorf("another %s: the id %d was given already", name, n)
		}
		seen[n] = true
	}
	f.submit(stop16("A", first.TransactionID, "200", noon.Add(time.Hour)))
	equal(f, "id after the stop", f.submit(again).TransactionNumber, first.TransactionNumber)
	x := f.transaction("A", first.TransactionID)
	equal(f, "active", x.Active, false)
	equal(f, "events", x.Events, 2)
}

func testReplays(f *fixture) {
	session := session2x("A", "x-1")
	for _, e := range session {
		equal(f, "duplicate", f.submit(e).Duplicate, false)
	}
	before := f.transaction("A", "x-1")
	for _, e := range session {
		e.Offline = true // a repeated event may say so, E11.FR.07
		e.Received = noon.Add(time.Hour)
		r := f.submit(e)
		equal(f, "duplicate", r.Duplicate, true)
		equal(f, "conflict", r.Conflict, false)
		equal(f, "id", r.TransactionID, "x-1")
	}
	after := f.transaction("A", "x-1")
	deepEqual(f, "transaction", after, before)
	id := f.submit(start16("B", "Driver", "1", noon)).TransactionID
	for range 3 {
		f.submit(meter16("B", id, 5, noon.Add(time.Minute)))
		f.submit(stop16("B", id, "9", noon.Add(time.Hour)))
	}
	equal(f, "events", f.transaction("B", id).Events, 3)
}

func testConflicts(f *fixture) {
	session := session2x("A", "x-1")
	for _, e := range session[:3] {
		f.submit(e)
	}
	other := session[1]
	other.Token = &fleet.IDToken{Value: "Thief", Type: "ISO14443"}
	r := f.submit(other)
	equal(f, "conflict", r.Conflict, true)
	r = f.submit(other)
	equal(f, "conflict again", r.Conflict, true)
	equal(f, "duplicate", r.Duplicate, true)
	x := f.transaction("A", "x-1")
	equal(f, "token", x.Token.Value, "Driver")
	equal(f, "conflicts", x.Conflicts, 1)
	equal(f, "events", x.Events, 3)
	list, err := f.Conflicts(f.Context(), "A", "x-1")
	f.ok(err)
	if len(list) != 1 || list[0].Key != "1" || string(list[0].First) == string(list[0].Second) {
		f.Errorf("conflicts: %+v", list)
	}
	id := f.submit(start16("A", "Driver", "1", noon)).TransactionID
	f.submit(stop16("A", id, "9", noon.Add(time.Hour)))
	equal(f, "another stop is a conflict", f.submit(stop16("A", id, "8", noon.Add(time.Hour))).Conflict, true)
	equal(f, "meter stop", f.transaction("A", id).MeterStop, "9")
}

func testLateEvents(f *fixture) {
	session := session2x("A", "x-1")
	f.submit(session[5])
	x := f.transaction("A", "x-1")
	equal(f, "active", x.Active, false)
	equal(f, "begun", x.Begun, false)
	equalTime(f, "ended", x.EndedAt, session[5].Time)
	f.submit(session[3])
	equal(f, "missing", f.transaction("A", "x-1").Missing, 1)
	f.submit(session[0])
	x = f.transaction("A", "x-1")
	equal(f, "active", x.Active, false)
	equal(f, "begun", x.Begun, true)
	equalTime(f, "started", x.StartedAt, noon)
	equal(f, "missing", x.Missing, 3)
	equal(f, "meter start", x.MeterStart, "1500")

	r := f.submit(stop16("A", "4711", "9", noon))
	equal(f, "id of a transaction that nobody started here", r.TransactionID, "4711")
	equal(f, "begun", f.transaction("A", "4711").Begun, false)
}

func testUnusableIDs(f *fixture) {
	for _, id := range []string{"-1", "0", "9223372036854775807", "-9223372036854775808"} {
		a := f.submit(stop16("A", id, "1", noon))
		b := f.submit(stop16("A", id, "2", noon))
		equal(f, id+": transactions have nothing in common", a.TransactionID != b.TransactionID, true)
		equal(f, id+": duplicate", f.submit(stop16("A", id, "1", noon)).Duplicate, true)
		equal(f, id+": meter stop", f.transaction("A", b.TransactionID).MeterStop, "2")
	}
}

func testForeignNumbers(f *fixture) {
	next := f.submit(start16("A", "Driver", "1", noon)).TransactionNumber + 1
	f.submit(stop16("A", fmt.Sprint(next), "5", noon)) // another system gave that number
	got := f.submit(start16("A", "Driver", "2", noon)).TransactionNumber
	equal(f, "number", got, next+1)
}
