package adapter_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/adapter"
	v16 "github.com/chargeyard/chargeyard/internal/adapter/v16"
	v201 "github.com/chargeyard/chargeyard/internal/adapter/v201"
	v21 "github.com/chargeyard/chargeyard/internal/adapter/v21"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocpp201"
	"github.com/chargeyard/chargeyard/ocpp21"
	"github.com/chargeyard/chargeyard/ocpptest"
)

var update = flag.Bool("update", false, "write the conversations as they are")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Each file of testdata is a conversation with the adapter of the subprotocol that its name begins with: a line that
// begins with > is what the station sends, one with = an event that the adapter submits, one with < the answer. A line
// with ! sets what the store and the operator do from there on.
func TestConversations(t *testing.T) {
	for subprotocol, register := range map[string]func(*csms.Server, adapter.Backend){
		"ocpp1.6": v16.Register, "ocpp2.0.1": v201.Register, "ocpp2.1": v21.Register,
	} {
		paths, err := filepath.Glob(filepath.Join("testdata", subprotocol+"*.txt"))
		if err != nil || len(paths) == 0 {
			t.Fatal("no conversation in", subprotocol, err)
		}
		for _, path := range paths {
			t.Run(filepath.Base(path), func(t *testing.T) { converse(t, path, subprotocol, register) })
		}
	}
}

// converse plays one file and compares what happens, or writes it down.
func converse(t *testing.T, path, subprotocol string, register func(*csms.Server, adapter.Backend)) {
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	synctest.Test(t, func(t *testing.T) { got = talk(t, subprotocol, register, string(content)) })
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	} else if got != string(content) {
		t.Errorf("the conversation went differently; run with -update and look at the difference:\n%s", got)
	}
}

// needsOf says what becomes of what a vehicle wants at an EVSE.
func needsOf(evse int64) fleet.NeedsAnswer {
	switch evse {
	case 1:
		return fleet.NeedsAnswer{Verdict: fleet.NeedsPlanned}
	case 2:
		return fleet.NeedsAnswer{Verdict: fleet.NeedsLater}
	}
	return fleet.NoNeeds("TxNotFound", "no transaction goes on there")
}

// talk plays the station's part of a script and returns the script with everything else as it happened. The clock
// stands at midnight of 2000-01-01.
func talk(t *testing.T, subprotocol string, register func(*csms.Server, adapter.Backend), script string) string {
	ingest := &fakeIngest{}
	srv, err := csms.NewServer(csms.Options{
		Protocols: []*ocpp.Protocol{ocpp16.Protocol, ocpp201.Protocol, ocpp21.Protocol}, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	boots := fleet.BootAnswer{Status: fleet.BootAccepted, Interval: 5 * time.Minute}
	register(srv, adapter.Backend{
		Store: ingest, Vendors: vendors(t),
		Boots: func(context.Context, string) (fleet.BootAnswer, error) { return boots, nil },
		Needs: func(_ context.Context, _ string, n fleet.ChargingNeeds) (fleet.NeedsAnswer, error) {
			return needsOf(n.EVSE), nil
		},
		EVSchedule: func(_ context.Context, _ string, s fleet.EVSchedule) (string, error) {
			return map[int64]string{2: "32 A are more than the limit of 16 A"}[s.EVSE], nil
		},
		Dynamic: func(_ context.Context, _ string, profile int64) (fleet.SchedulePeriod, bool, error) {
			return fleet.SchedulePeriod{Limit: "8000.5", Setpoint: "-1500"}, profile == 77, nil
		},
	})
	mux := http.NewServeMux()
	mux.Handle("/ocpp/{identity}", srv)
	web := ocpptest.NewServer(mux)
	defer web.Close()
	peer, err := ocpptest.DialPeer(t.Context(), web.URL+"/ocpp/CS-1", ocpptest.PeerOptions{
		DialContext: web.Listener.DialContext, Subprotocols: []string{subprotocol},
	})
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for line := range strings.Lines(script) {
		switch {
		case strings.HasPrefix(line, "="), strings.HasPrefix(line, "<"):
			continue
		case strings.HasPrefix(line, "!"):
			circumstance := strings.TrimSpace(line[1:])
			if status, ok := strings.CutPrefix(circumstance, "boots are "); ok {
				boots.Status = fleet.BootStatus(status)
			} else if what, ok := strings.CutPrefix(circumstance, "the tariff is "); ok {
				ingest.money = money(what)
			} else if ingest.err, ok = stored[circumstance]; !ok {
				t.Fatalf("nobody knows how %q is", circumstance)
			}
		case strings.HasPrefix(line, ">"):
			out.WriteString(line + exchange(t, peer, ingest, strings.TrimSpace(line[1:])))
			continue
		}
		out.WriteString(line)
	}
	peer.Close()
	if err := srv.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	return out.String()
}

// vendors knows one vendor whose messages it takes, and one whose messages it handles.
func vendors(t *testing.T) adapter.Vendors {
	var v adapter.Vendors
	echo := func(_ context.Context, _ string, data json.RawMessage) (ocpp.DataTransferResult, error) {
		return ocpp.DataTransferResult{Status: ocpp.DataTransferAccepted, Data: data}, nil
	}
	refuse := func(context.Context, string, json.RawMessage) (ocpp.DataTransferResult, error) {
		return ocpp.DataTransferResult{Status: ocpp.DataTransferRejected}, nil
	}
	fail := func(context.Context, string, json.RawMessage) (ocpp.DataTransferResult, error) {
		return ocpp.DataTransferResult{}, errors.New("a secret")
	}
	err := errors.Join(v.Add("org.known", adapter.AnyMessage, adapter.Accept), v.Add("org.programmed", "echo", echo),
		v.Add("org.programmed", "refuse", refuse), v.Add("org.programmed", "fail", fail))
	if err != nil {
		t.Fatal(err)
	}
	if v.Add("ORG.Programmed", "Echo", echo) == nil {
		t.Error("a handler was added twice")
	}
	return v
}

var stored = map[string]error{
	"the store works": nil,
	"the store fails": store.ErrUnavailable,
	"the store stops": store.ErrClosed,
	"events are bad":  fmt.Errorf("%w: because", fleet.ErrInvalidEvent),
}

// exchange sends a frame and returns what came of it.
func exchange(t *testing.T, peer *ocpptest.Peer, ingest *fakeIngest, frame string) string {
	ingest.events = nil
	if err := peer.SendText(frame); err != nil {
		t.Fatal(err)
	}
	answers := make(chan string, 1)
	go func() {
		text, err := peer.ReadText()
		if err != nil {
			text = err.Error()
		}
		answers <- text
	}()
	synctest.Wait()
	answer := ""
	select {
	case text := <-answers:
		answer = "< " + text + "\n"
	default: // a SEND has none, nor has a message of a transaction that could not be stored
		if err := peer.SendText(`[2,"-","Heartbeat",{}]`); err != nil {
			t.Fatal(err)
		}
		<-answers
	}
	var b strings.Builder
	for _, e := range ingest.events {
		b.WriteString("= " + strings.TrimPrefix(fmt.Sprintf("%T", e), "fleet.") + dump(reflect.ValueOf(e)) + "\n")
	}
	return b.String() + answer
}

// fakeIngest takes note of events and decides on tokens by their values.
type fakeIngest struct {
	events []fleet.Event
	err    error
	money  fleet.Result // what each answer says about money
}

// money is what the store finds out about it: known, free, or known to a station that computes by itself.
func money(what string) fleet.Result {
	text := fleet.TariffText{Language: "en", Content: "0.49 EUR a kWh"}
	prices := fleet.TariffPrices{
		Currency: "EUR", Energy: "0.49", ChargingTime: "0.02", IdleTime: "0.1", FixedFee: "1", MinCost: "2", MaxCost: "50",
		TaxRates: []fleet.TaxRate{{Type: "VAT", Tax: "19"}, {Type: "city", Tax: "1.5", Stack: 1}},
	}
	switch what {
	case "known":
		return fleet.Result{Cost: "12.30", TariffText: text, NewText: text}
	case "long":
		return fleet.Result{TariffText: fleet.TariffText{Content: strings.Repeat("T", 500)}}
	case "free":
		return fleet.Result{Cost: "0.00"}
	case "the driver's":
		return fleet.Result{TariffText: text, Tariff: &fleet.Tariff{ID: "T-1", TariffPrices: prices, Texts: []fleet.TariffText{text, {Content: "cheap"}}}}
	case "the driver's, and free":
		return fleet.Result{Tariff: &fleet.Tariff{ID: "T-0", TariffPrices: fleet.TariffPrices{Currency: "SEK", Energy: "0"}}}
	}
	return fleet.Result{}
}

func (f *fakeIngest) Report(fleet.Presence) {}

func (f *fakeIngest) Defer(ctx context.Context, e fleet.Event) (fleet.Result, error) {
	return f.Submit(ctx, e)
}

func (f *fakeIngest) Submit(_ context.Context, e fleet.Event) (fleet.Result, error) {
	f.events = append(f.events, e)
	if f.err != nil {
		return fleet.Result{}, f.err
	}
	r := f.money
	switch e := e.(type) {
	case fleet.AuthorizationAsked:
		r.Token = decide(&e.Token)
	case fleet.TransactionEvent:
		r.TransactionNumber, r.Token = 42, decide(e.Token)
	}
	return r, nil
}

func decide(t *fleet.IDToken) fleet.Decision {
	switch {
	case t == nil:
		return fleet.Decision{}
	case t.Value == "STRANGER":
		return fleet.Decision{Status: fleet.TokenUnknown, Unknown: true}
	case t.Value == "BLOCKED":
		return fleet.Decision{Status: fleet.TokenBlocked}
	case t.Value == "GROUPED":
		return fleet.Decision{Status: fleet.TokenAccepted, Group: "GROUP", Expiry: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)}
	case strings.HasPrefix(t.Value, "IS-"): // a status
		return fleet.Decision{Status: fleet.TokenStatus(strings.TrimPrefix(t.Value, "IS-"))}
	case t.Value == "EVSES":
		return fleet.Decision{Status: fleet.TokenAccepted, EVSEs: []int{1, 3}, Language: "de", Message: "Moin ⚡", Priority: 5}
	case t.Value == "WORDY":
		return fleet.Decision{Status: fleet.TokenAccepted, Language: "x-too-long", Message: strings.Repeat("M", 2000)}
	case t.Value == "BIGGROUP":
		return fleet.Decision{Status: fleet.TokenAccepted, Group: strings.Repeat("G", 300)}
	}
	return fleet.Decision{Status: fleet.TokenAccepted}
}

// dump writes the fields of an event that are not zero.
func dump(v reflect.Value) string {
	switch x := v.Interface().(type) {
	case time.Time:
		return x.Format(time.RFC3339Nano)
	case json.RawMessage:
		return string(x)
	}
	switch v.Kind() {
	case reflect.Pointer:
		return dump(v.Elem())
	case reflect.Interface:
		return strings.TrimPrefix(v.Elem().Type().String(), "fleet.") + dump(v.Elem())
	case reflect.Slice:
		var items []string
		for i := range v.Len() {
			items = append(items, dump(v.Index(i)))
		}
		return "[" + strings.Join(items, " ") + "]"
	case reflect.Struct:
		var fields []string
		for i := range v.NumField() {
			if !v.Field(i).IsZero() {
				fields = append(fields, v.Type().Field(i).Name+"="+dump(v.Field(i)))
			}
		}
		return "{" + strings.Join(fields, " ") + "}"
	}
	return fmt.Sprintf("%v", v.Interface())
}
