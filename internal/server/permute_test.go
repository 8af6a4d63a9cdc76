package server

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// told is a message of a session. In 1.6 %[1]v in the payload stands for the transaction's id.
type told struct{ action, payload string }

// Any permutation, repetition and truncation of what a station of any version sends about a session is the same
// transaction as the same messages in order, each once, and has the same samples: through the adapter, the store and the
// API. Whatever the tokens may or may not, nothing is lost.
func TestR52AnyOrderOfMessagesIsOneTransaction(t *testing.T) {
	r := serve(t, Config{Commits: Commits{Delay: -1}})
	for value, status := range map[string]fleet.TokenStatus{"GOOD": fleet.TokenAccepted, "BLOCKED": fleet.TokenBlocked} {
		for _, kind := range []string{"", "ISO14443"} {
			if err := r.srv.store.PutToken(t.Context(), fleet.Token{IDToken: fleet.IDToken{Value: value, Type: kind}, Status: status, CreatedAt: time.Now()}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, version := range []string{"1.6", "2.0.1", "2.1"} {
		t.Run(version, func(t *testing.T) {
			p := &permuter{rig: r, version: version}
			rapid.Check(t, p.check)
		})
	}
}

// permuter plays sessions of one version, each at a station of its own.
type permuter struct {
	*rig
	version string
	n       int
}

func (p *permuter) check(t *rapid.T) {
	p.n++
	token := rapid.SampledFrom([]string{"GOOD", "BLOCKED", fmt.Sprint("STRANGER", p.n)}).Draw(t, "token")
	messages := session(p.version, token)
	kept := rapid.SliceOfNDistinct(rapid.IntRange(0, len(messages)-1), 1, len(messages), rapid.ID[int]).Draw(t, "kept")
	mixed := rapid.SliceOfN(rapid.SampledFrom(kept), 0, 4).Draw(t, "repeated")
	mixed = rapid.Permutation(append(mixed, kept...)).Draw(t, "order")
	slices.Sort(kept)
	want, wantSamples := p.play(fmt.Sprintf("straight-%s-%d", p.version, p.n), messages, kept)
	got, gotSamples := p.play(fmt.Sprintf("mixed-%s-%d", p.version, p.n), messages, mixed)
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("in order %v: %v\nin order %v: %v", mixed, got, kept, want)
	}
	if !reflect.DeepEqual(gotSamples, wantSamples) {
		t.Fatalf("in order %v: samples %v\nin order %v: %v", mixed, gotSamples, kept, wantSamples)
	}
	if n := got["events"]; n != float64(expected(p.version, kept)) {
		t.Fatalf("%v messages of %v", n, kept)
	}
}

// expected is how many messages are there: 1.6 needs the start, whose answer brings the id of the others.
func expected(version string, kept []int) int {
	if version == "1.6" && kept[0] != 0 {
		return len(kept) + 1
	}
	return len(kept)
}

// play sends messages in an order and returns what the API says of the transaction and of its samples, without what tells
// who it was and when it arrived.
func (p *permuter) play(station string, messages []told, order []int) (x map[string]any, samples []map[string]any) {
	peer, err := p.dial(station, "ocpp"+p.version, login{})
	if err != nil {
		p.t.Fatal(err)
	}
	defer peer.Close()
	id := any("TX")
	if p.version == "1.6" {
		id = peer.call(messages[0].action, messages[0].payload)["transactionId"]
	}
	for _, i := range order {
		payload := messages[i].payload
		if p.version == "1.6" && i > 0 {
			payload = fmt.Sprintf(payload, id)
		}
		peer.call(messages[i].action, payload)
	}
	path := fmt.Sprintf("/transactions/%s:%v", station, id)
	x = p.api(http.MethodGet, path, "", http.StatusOK)
	for _, field := range []string{"id", "station", "transactionId", "firstReceivedAt", "lastReceivedAt", "clockOffset"} {
		delete(x, field)
	}
	samples = p.items(path + "/samples")
	for _, s := range samples {
		delete(s, "receivedAt")
	}
	return x, samples
}

// session is a whole session of a version, in order.
func session(version, token string) []told {
	at := func(minute int) string { return fmt.Sprintf("2026-05-01T10:%02d:00Z", minute) }
	if version == "1.6" {
		meter := func(minute, wh int) told {
			return told{"MeterValues", fmt.Sprintf(`{"connectorId":1,"transactionId":%%[1]v,"meterValue":[{"timestamp":%q,"sampledValue":[
				{"value":"%d"},{"value":"16.1","measurand":"Current.Import","phase":"L1","unit":"A"}]}]}`, at(minute), wh)}
		}
		return []told{
			{"StartTransaction", fmt.Sprintf(`{"connectorId":1,"idTag":%q,"meterStart":1000,"timestamp":%q}`, token, at(0))},
			meter(1, 1100), meter(2, 1200), meter(2, 1201), meter(3, 1150), meter(4, 1300),
			{"StopTransaction", fmt.Sprintf(`{"transactionId":%%[1]v,"idTag":%q,"meterStop":1400,"timestamp":%q,"reason":"EVDisconnected",
				"transactionData":[{"timestamp":%q,"sampledValue":[{"value":"1000","context":"Transaction.Begin"}]}]}`, token, at(5), at(0))},
		}
	}
	event := func(seq int, kind, trigger, state, more string) told {
		return told{"TransactionEvent", fmt.Sprintf(`{"eventType":%q,"timestamp":%q,"triggerReason":%q,"seqNo":%d,
			"transactionInfo":{"transactionId":"TX","chargingState":%q}%s}`, kind, at(seq), trigger, seq, state, more)}
	}
	reading := func(seq, wh int, context string) string {
		return fmt.Sprintf(`,"meterValue":[{"timestamp":%q,"sampledValue":[{"value":%d,"context":%q},{"value":52,"measurand":"SoC"}]}]`, at(seq), wh, context)
	}
	card := fmt.Sprintf(`,"idToken":{"idToken":%q,"type":"ISO14443"}`, token)
	return []told{
		event(0, "Started", "CablePluggedIn", "EVConnected", `,"evse":{"id":1,"connectorId":1}`+reading(0, 1000, "Transaction.Begin")),
		event(1, "Updated", "Authorized", "EVConnected", card),
		event(2, "Updated", "ChargingStateChanged", "Charging", ""),
		event(3, "Updated", "MeterValuePeriodic", "Charging", reading(3, 1200, "Sample.Periodic")),
		event(4, "Updated", "MeterValuePeriodic", "Charging", reading(4, 1150, "Sample.Periodic")),
		event(5, "Updated", "MeterValuePeriodic", "Charging", reading(5, 1300, "Sample.Periodic")),
		event(6, "Updated", "StopAuthorized", "EVConnected", card),
		event(7, "Ended", "EVCommunicationLost", "Idle", reading(7, 1400, "Transaction.End")),
	}
}
