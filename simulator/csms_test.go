package simulator_test

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocpp201"
	"github.com/chargeyard/chargeyard/ocpp21"
	"github.com/chargeyard/chargeyard/ocpptest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// recorder is a CSMS that writes down what stations tell it.
type recorder struct {
	srv  *csms.Server
	dial func(ctx context.Context, network, address string) (net.Conn, error)

	mu      sync.Mutex
	log     map[string][]string // by identity
	nextTx  int64
	refuse  bool // id tokens
	changed chan struct{}
}

func (r *recorder) note(st *csms.Station, format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.log[st.Identity()] = append(r.log[st.Identity()], fmt.Sprintf(format, args...))
	close(r.changed)
	r.changed = make(chan struct{})
}

func (r *recorder) of(identity string) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.log[identity])
}

func (r *recorder) refused() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.refuse
}

// wait returns when identity has said something, from index from on, and the index behind it.
func (r *recorder) wait(t *testing.T, identity string, from int, what string) int {
	t.Helper()
	at, _ := r.waitPrefix(t, identity, from, what+"\n")
	return at
}

// waitPrefix is wait for something that begins with prefix; it returns the rest as well.
func (r *recorder) waitPrefix(t *testing.T, identity string, from int, prefix string) (int, string) {
	t.Helper()
	deadline := time.After(10 * time.Minute)
	for {
		r.mu.Lock()
		changed := r.changed
		r.mu.Unlock()
		said := r.of(identity)
		for i := from; i < len(said); i++ {
			if rest, ok := strings.CutPrefix(said[i]+"\n", prefix); ok {
				return i + 1, strings.TrimSpace(rest)
			}
		}
		select {
		case <-changed:
		case <-deadline:
			t.Fatalf("%s did not say %q; it said %q", identity, prefix, said[min(from, len(said)):])
		}
	}
}

func newRecorder(t *testing.T) *recorder {
	t.Helper()
	return newRecorderWith(t, csms.Options{})
}

func newRecorderWith(t *testing.T, o csms.Options) *recorder {
	t.Helper()
	r := &recorder{log: map[string][]string{}, changed: make(chan struct{})}
	o.Protocols = []*ocpp.Protocol{ocpp16.Protocol, ocpp201.Protocol, ocpp21.Protocol}
	o.Logger = slog.New(slog.DiscardHandler)
	srv, err := csms.NewServer(o)
	if err != nil {
		t.Fatal(err)
	}
	r.srv = srv
	handle16(r)
	handle201(r)
	handle21(r)
	web := ocpptest.NewServer(srv)
	r.dial = web.Listener.DialContext
	t.Cleanup(func() {
		if err := srv.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
		web.Close()
	})
	return r
}

func handle16(r *recorder) {
	csms.Handle(r.srv, func(_ context.Context, st *csms.Station, _ *ocpp16.BootNotificationRequest) (*ocpp16.BootNotificationResponse, error) {
		r.note(st, "boot")
		return &ocpp16.BootNotificationResponse{Status: ocpp16.RegistrationStatusAccepted, CurrentTime: ocpp.At(time.Now()), Interval: 300}, nil
	})
	csms.Handle(r.srv, func(_ context.Context, st *csms.Station, _ *ocpp16.HeartbeatRequest) (*ocpp16.HeartbeatResponse, error) {
		r.note(st, "heartbeat")
		return &ocpp16.HeartbeatResponse{CurrentTime: ocpp.At(time.Now())}, nil
	})
	csms.Handle(r.srv, func(_ context.Context, st *csms.Station, q *ocpp16.StatusNotificationRequest) (*ocpp16.StatusNotificationResponse, error) {
		r.note(st, "%d %s", q.ConnectorID, q.Status)
		return &ocpp16.StatusNotificationResponse{}, nil
	})
	csms.Handle(r.srv, func(_ context.Context, _ *csms.Station, _ *ocpp16.AuthorizeRequest) (*ocpp16.AuthorizeResponse, error) {
		status := ocpp16.AuthorizationStatusAccepted
		if r.refused() {
			status = ocpp16.AuthorizationStatusBlocked
		}
		return &ocpp16.AuthorizeResponse{IDTagInfo: ocpp16.IDTagInfo{Status: status}}, nil
	})
	csms.Handle(r.srv, func(_ context.Context, st *csms.Station, q *ocpp16.StartTransactionRequest) (*ocpp16.StartTransactionResponse, error) {
		r.mu.Lock()
		r.nextTx++
		id := r.nextTx
		r.mu.Unlock()
		r.note(st, "start %d %s", q.ConnectorID, q.IDTag)
		return &ocpp16.StartTransactionResponse{TransactionID: id, IDTagInfo: ocpp16.IDTagInfo{Status: ocpp16.AuthorizationStatusAccepted}}, nil
	})
	csms.Handle(r.srv, func(_ context.Context, st *csms.Station, q *ocpp16.MeterValuesRequest) (*ocpp16.MeterValuesResponse, error) {
		r.note(st, "sample %d", q.TransactionID.Or(-2))
		return &ocpp16.MeterValuesResponse{}, nil
	})
	csms.Handle(r.srv, func(_ context.Context, st *csms.Station, q *ocpp16.StopTransactionRequest) (*ocpp16.StopTransactionResponse, error) {
		r.note(st, "stop %d %s", q.TransactionID, q.Reason)
		return &ocpp16.StopTransactionResponse{}, nil
	})
}
