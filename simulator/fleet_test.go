package simulator_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocpp201"
	"github.com/chargeyard/chargeyard/ocpp21"
	"github.com/chargeyard/chargeyard/ocpptest"
	"github.com/chargeyard/chargeyard/simulator"
)

func count(list []string, prefix string) (n int) {
	for _, s := range list {
		if strings.HasPrefix(s, prefix) {
			n++
		}
	}
	return n
}

func countExact(list []string, what string) (n int) {
	for _, s := range list {
		if s == what {
			n++
		}
	}
	return n
}

func newFleet(t *testing.T, r *recorder, o simulator.Options) *simulator.Fleet {
	t.Helper()
	o.URL, o.DialContext = "ws://csms.test/ocpp", r.dial
	f, err := simulator.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFleetGoesThroughWholeSessionsInEveryVersion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRecorder(t)
		f := newFleet(t, r, simulator.Options{Stations: 6, Duration: 10 * time.Minute, Seed: 1})
		s := f.Run(t.Context())
		if p := s.Problem(); p != "" {
			t.Error(p)
		}
		if s.Booted != 6 || s.Started < 12 || s.EnergyWh.Coef == 0 || s.Reconnects != 0 || len(s.Errors) != 0 {
			t.Errorf("summary %+v", s)
		}
		started, ended, samples := 0, 0, 0
		for id := range r.log {
			said := r.of(id)
			started += count(said, "start ")
			ended += count(said, "stop ")
			samples += count(said, "sample ")
			if countExact(said, "boot") != 1 || count(said, "1 Available") < 2 {
				t.Errorf("%s said %q", id, said)
			}
		}
		if started != s.Started || ended != s.Ended || samples != s.Samples {
			t.Errorf("the CSMS heard of %d starts, %d ends, %d samples; the summary says %d, %d, %d",
				started, ended, samples, s.Started, s.Ended, s.Samples)
		}
	})
}

func TestSameSeedDrawsTheSame(t *testing.T) {
	run := func() (sessions []string) {
		synctest.Test(t, func(t *testing.T) {
			r := newRecorder(t)
			newFleet(t, r, simulator.Options{Outlets: 1, Duration: 5 * time.Minute, Seed: 7}).Run(t.Context())
			for _, line := range r.of("SIM-0001") {
				if strings.HasPrefix(line, "start ") {
					sessions = append(sessions, line)
				}
			}
		})
		return sessions
	}
	first, second := strings.Join(run(), ","), strings.Join(run(), ",")
	if first == "" || first != second {
		t.Errorf("seed 7 gave %q, then %q", first, second)
	}
}

func TestRefusedTokensStartNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRecorder(t)
		r.refuse = true
		s := newFleet(t, r, simulator.Options{Stations: 3, Duration: 3 * time.Minute}).Run(t.Context())
		if s.EnergyWh.Coef != 0 || s.Samples != 0 || s.Refused == 0 || s.Problem() != "" {
			t.Errorf("summary %+v", s)
		}
	})
}

func TestStationsComeBackAfterTheirConnectionsAreLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRecorder(t)
		f := newFleet(t, r, simulator.Options{Stations: 6, Duration: 10 * time.Minute})
		done := make(chan simulator.Summary, 1)
		go func() { done <- f.Run(t.Context()) }()
		for range 4 {
			time.Sleep(time.Minute) // of the bubble
			for st := range r.srv.Stations() {
				st.Close(1012, "restart")
			}
		}
		s := <-done
		if s.Reconnects < 12 || s.Problem() != "" {
			t.Errorf("summary %+v", s)
		}
		for id := range r.log {
			if n := countExact(r.of(id), "boot"); n != 1 {
				t.Errorf("%s booted %d times; a reconnect is no reboot (R31)", id, n)
			}
		}
	})
}

func TestEndsCleanlyWhenTheContextEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRecorder(t)
		f := newFleet(t, r, simulator.Options{Stations: 3})
		ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
		defer cancel()
		s := f.Run(ctx)
		if s.Problem() != "" || s.Ended != s.Started || s.Started == 0 || s.Elapsed > 100*time.Second {
			t.Errorf("summary %+v", s)
		}
	})
}

// The summary names why stations did not come in, without the log.
func TestTheProblemNamesItsReason(t *testing.T) {
	for want, answer := range map[string]http.HandlerFunc{
		"1 of 1 stations were not accepted: 401 Unauthorized (wrong identity or password)": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) },
		"1 of 1 stations were not accepted: 503 Service Unavailable":                       func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) },
	} {
		synctest.Test(t, func(t *testing.T) {
			web := ocpptest.NewServer(answer)
			defer web.Close()
			var log bytes.Buffer
			f, err := simulator.New(simulator.Options{
				URL: "ws://csms.test/ocpp", Duration: 5 * time.Second, DialContext: web.Listener.DialContext,
				Logger: slog.New(slog.NewTextHandler(&log, nil)),
			})
			if err != nil {
				t.Fatal(err)
			}
			if got := f.Run(t.Context()).Problem(); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
			for line := range strings.Lines(log.String()) {
				if strings.Count(line, "station=") != 1 {
					t.Errorf("the log: %s", line)
				}
			}
		})
	}
}

func TestGivesUpInTimeWhenNobodyAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRecorder(t)
		f := newFleet(t, r, simulator.Options{Stations: 2, Duration: time.Minute})
		r.srv.Shutdown(t.Context()) // refuses everybody from now on
		s := f.Run(t.Context())
		if !strings.HasPrefix(s.Problem(), "2 of 2 stations were not accepted: 503") || s.Elapsed > 70*time.Second {
			t.Errorf("problem %q after %v", s.Problem(), s.Elapsed)
		}
	})
}

// commanded runs a fleet of one quiet station of version v and gives its connection to test.
func commanded(t *testing.T, v ocpp.Version, test func(t *testing.T, r *recorder, st *csms.Station)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := newRecorder(t)
		f := newFleet(t, r, simulator.Options{
			Versions: []ocpp.Version{v}, PauseMin: 24 * time.Hour, PauseMax: 25 * time.Hour,
			SessionMin: time.Hour, SessionMax: 2 * time.Hour,
		})
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		done := make(chan simulator.Summary, 1)
		go func() { done <- f.Run(ctx) }()
		r.wait(t, "SIM-0001", 0, "2 Available")
		st, ok := r.srv.Station("SIM-0001")
		if !ok {
			t.Fatal("SIM-0001 is not connected")
		}
		test(t, r, st)
		cancel()
		if s := <-done; s.Problem() != "" || len(s.Errors) != 0 {
			t.Errorf("summary %+v", s)
		}
	})
}

func ask[R any](t *testing.T, st *csms.Station, req ocpp.CSMSRequest[R]) *R {
	t.Helper()
	resp, err := csms.Call(t.Context(), st, req)
	if err != nil {
		t.Fatalf("%s: %v", req.OCPPAction(), err)
	}
	return resp
}

func is[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

func TestCommandsOf16TakeEffect(t *testing.T) {
	commanded(t, ocpp.V16, func(t *testing.T, r *recorder, st *csms.Station) {
		is(t, "RemoteStart", ask(t, st, &ocpp16.RemoteStartTransactionRequest{IDTag: "OPERATOR", ConnectorID: ocpp.Some(2)}).Status, ocpp16.RemoteStartStopStatusAccepted)
		at := r.wait(t, "SIM-0001", 0, "start 2 OPERATOR")
		at = r.wait(t, "SIM-0001", at, "sample 1")
		is(t, "RemoteStart of a busy EVSE", ask(t, st, &ocpp16.RemoteStartTransactionRequest{IDTag: "OTHER", ConnectorID: ocpp.Some(2)}).Status, ocpp16.RemoteStartStopStatusRejected)
		is(t, "availability", ask(t, st, &ocpp16.ChangeAvailabilityRequest{Type: ocpp16.AvailabilityTypeInoperative}).Status, ocpp16.AvailabilityStatusScheduled)
		at = r.wait(t, "SIM-0001", at, "1 Unavailable")
		is(t, "RemoteStop", ask(t, st, &ocpp16.RemoteStopTransactionRequest{TransactionID: 1}).Status, ocpp16.RemoteStartStopStatusAccepted)
		r.wait(t, "SIM-0001", at, "stop 1 Remote") // statuses may overtake what is queued
		at = r.wait(t, "SIM-0001", at, "2 Unavailable")
		is(t, "RemoteStop of nothing", ask(t, st, &ocpp16.RemoteStopTransactionRequest{TransactionID: 99}).Status, ocpp16.RemoteStartStopStatusRejected)

		is(t, "change", ask(t, st, &ocpp16.ChangeConfigurationRequest{Key: "HeartbeatInterval", Value: "60"}).Status, ocpp16.ConfigurationStatusAccepted)
		is(t, "read-only", ask(t, st, &ocpp16.ChangeConfigurationRequest{Key: "NumberOfConnectors", Value: "3"}).Status, ocpp16.ConfigurationStatusRejected)
		is(t, "not a number", ask(t, st, &ocpp16.ChangeConfigurationRequest{Key: "HeartbeatInterval", Value: "soon"}).Status, ocpp16.ConfigurationStatusRejected)
		is(t, "unknown", ask(t, st, &ocpp16.ChangeConfigurationRequest{Key: "Nope", Value: "1"}).Status, ocpp16.ConfigurationStatusNotSupported)
		got := ask(t, st, &ocpp16.GetConfigurationRequest{Key: []string{"HeartbeatInterval", "Nope"}})
		is(t, "value", got.ConfigurationKey[0].Value.Or(""), "60")
		is(t, "unknown keys", len(got.UnknownKey), 1)

		is(t, "trigger", ask(t, st, &ocpp16.TriggerMessageRequest{RequestedMessage: ocpp16.MessageTriggerHeartbeat}).Status, ocpp16.TriggerMessageStatusAccepted)
		at = r.wait(t, "SIM-0001", at, "heartbeat")
		is(t, "reset", ask(t, st, &ocpp16.ResetRequest{Type: ocpp16.ResetTypeSoft}).Status, ocpp16.ResetStatusAccepted)
		r.wait(t, "SIM-0001", at, "boot")
	})
}

func TestCommandsOf201TakeEffect(t *testing.T) {
	commanded(t, ocpp.V201, func(t *testing.T, r *recorder, st *csms.Station) {
		token := ocpp201.IDToken{IDToken: "OPERATOR", Type: ocpp201.IDTokenTypeCentral}
		is(t, "start", ask(t, st, &ocpp201.RequestStartTransactionRequest{IDToken: token, RemoteStartID: 5, EVSEID: ocpp.Some(1)}).Status, ocpp201.RequestStartStopStatusAccepted)
		at := r.wait(t, "SIM-0001", 0, "start 1 OPERATOR")
		is(t, "idle reset", ask(t, st, &ocpp201.ResetRequest{Type: ocpp201.ResetTypeOnIdle}).Status, ocpp201.ResetStatusScheduled)
		is(t, "unlock", ask(t, st, &ocpp201.UnlockConnectorRequest{EVSEID: 1, ConnectorID: 1}).Status, ocpp201.UnlockStatusOngoingAuthorizedTransaction)
		at, tx := r.waitPrefix(t, "SIM-0001", at, "transaction ")
		is(t, "stop", ask(t, st, &ocpp201.RequestStopTransactionRequest{TransactionID: tx}).Status, ocpp201.RequestStartStopStatusAccepted)
		r.wait(t, "SIM-0001", at, "boot") // the boot may come before what is queued
		r.wait(t, "SIM-0001", at, "stop "+tx+" Remote")
	})
}

func TestCommandsOf21TakeEffect(t *testing.T) {
	commanded(t, ocpp.V21, func(t *testing.T, r *recorder, st *csms.Station) {
		comm := ocpp21.Component{Name: "OCPPCommCtrlr"}
		set := ask(t, st, &ocpp21.SetVariablesRequest{SetVariableData: []ocpp21.SetVariableData{
			{Component: comm, Variable: ocpp21.Variable{Name: "HeartbeatInterval"}, AttributeValue: "77"},
			{Component: comm, Variable: ocpp21.Variable{Name: "Nope"}, AttributeValue: "1"},
			{Component: ocpp21.Component{Name: "NopeCtrlr"}, Variable: ocpp21.Variable{Name: "Nope"}, AttributeValue: "1"},
		}})
		is(t, "set", set.SetVariableResult[0].AttributeStatus, ocpp21.SetVariableStatusAccepted)
		is(t, "unknown variable", set.SetVariableResult[1].AttributeStatus, ocpp21.SetVariableStatusUnknownVariable)
		is(t, "unknown component", set.SetVariableResult[2].AttributeStatus, ocpp21.SetVariableStatusUnknownComponent)
		get := ask(t, st, &ocpp21.GetVariablesRequest{GetVariableData: []ocpp21.GetVariableData{{Component: comm, Variable: ocpp21.Variable{Name: "heartbeatinterval"}}}})
		is(t, "value", get.GetVariableResult[0].AttributeValue.Or(""), "77")
		is(t, "report", ask(t, st, &ocpp21.GetBaseReportRequest{RequestID: 1, ReportBase: ocpp21.ReportBaseFullInventory}).Status, ocpp21.GenericDeviceModelStatusAccepted)
		at := r.wait(t, "SIM-0001", 0, "report")
		is(t, "availability", ask(t, st, &ocpp21.ChangeAvailabilityRequest{OperationalStatus: ocpp21.OperationalStatusInoperative, EVSE: &ocpp21.EVSE{ID: 2}}).Status, ocpp21.ChangeAvailabilityStatusAccepted)
		r.wait(t, "SIM-0001", at, "2 Unavailable")
		is(t, "unknown EVSE", ask(t, st, &ocpp21.ChangeAvailabilityRequest{OperationalStatus: ocpp21.OperationalStatusInoperative, EVSE: &ocpp21.EVSE{ID: 9}}).Status, ocpp21.ChangeAvailabilityStatusRejected)
	})
}

func TestOptionsThatCannotWorkAreNamed(t *testing.T) {
	for _, c := range []struct {
		o    simulator.Options
		want string
	}{
		{simulator.Options{}, "the URL of the CSMS"},
		{simulator.Options{URL: "http://localhost"}, `"http://localhost"`},
		{simulator.Options{URL: "ws://localhost", Stations: 50_000}, "50000 stations"},
		{simulator.Options{URL: "ws://localhost", Outlets: 99}, "99 EVSEs"},
		{simulator.Options{URL: "ws://localhost", Versions: []ocpp.Version{9}}, "there is no OCPP version"},
		{simulator.Options{URL: "ws://localhost", Duration: -1}, "negative"},
		{simulator.Options{URL: "ws://localhost", SessionMin: 2, SessionMax: 1}, "shorter than the shortest"},
	} {
		if _, err := simulator.New(c.o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: error %v, want one that says %q", c.o, err, c.want)
		}
	}
}
