package csms_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocpptest"
)

// looker is told by every hook that it runs, and looks at the server and at the very identity from another goroutine:
// that hangs when a lock of theirs is held.
type looker struct {
	t *testing.T

	mu   sync.Mutex
	srv  *csms.Server
	seen map[string]int
}

func (l *looker) look(hook string) {
	l.mu.Lock()
	l.seen[hook]++
	srv := l.srv
	l.mu.Unlock()
	done := make(chan struct{})
	go func() {
		defer close(done)
		srv.Len()
		for st := range srv.Stations() {
			st.BootStatus()
			st.Cause()
			st.Data()
		}
		if st, ok := srv.Station("CS-1"); ok {
			st.SetData(st.LastMessageAt())
			st.SetIdleTimeout(time.Hour)
		}
	}()
	select {
	case <-done:
	case <-time.After(5 * time.Second):
		l.t.Errorf("%s is called under a lock", hook)
	}
}

// LoadBoot and SaveBoot make it a csms.BootStates.
func (l *looker) LoadBoot(context.Context, string) (ocpp.BootStatus, error) {
	l.look("LoadBoot")
	return "", nil
}

func (l *looker) SaveBoot(context.Context, string, ocpp.BootStatus) error {
	l.look("SaveBoot")
	return nil
}

func (l *looker) options() csms.Options {
	return csms.Options{
		Authenticate: func(context.Context, string, csms.Credential, *http.Request) (*csms.Admission, error) {
			l.look("Authenticate")
			return nil, nil
		},
		Certificate: csms.CertificateRule{SerialNumber: func(_ context.Context, identity string) (string, error) {
			l.look("SerialNumber")
			return "SN of " + identity, nil
		}},
		BootStates: l,
		Interceptors: []ocpp.Interceptor{func(ctx context.Context, x *ocpp.Exchange, req any, next ocpp.Next) (any, error) {
			l.look("Interceptor inbound=" + map[bool]string{true: "true", false: "false"}[x.Inbound])
			return next(ctx, req)
		}},
		Tap:             func(ocpp.Frame) { l.look("Tap") },
		OnProtocolEvent: func(*csms.Station, csms.ProtocolEvent) { l.look("OnProtocolEvent") },
		OnRefuse:        func(csms.Refusal) { l.look("OnRefuse") },
		OnConnect:       func(*csms.Station) { l.look("OnConnect") },
		OnDisconnect:    func(*csms.Station, error) { l.look("OnDisconnect") },
	}
}

// Invariant: no lock is held across a user callback.
func TestNoHookIsCalledUnderALock(t *testing.T) {
	l := &looker{t: t, seen: map[string]int{}}
	a := newAuthority(t)
	l.mu.Lock()
	y := openTLS(t, l.options(), csms.TLSOptions{Certificates: a.serverCertificates(), ClientCAs: a.pool(), RequireClientCertificate: true})
	l.srv = y.srv
	l.mu.Unlock()
	csms.Handle(y.srv, func(ctx context.Context, st *csms.Station, _ *ocpp16.BootNotificationRequest) (*ocpp16.BootNotificationResponse, error) {
		l.look("Handle")
		return &ocpp16.BootNotificationResponse{CurrentTime: ocpp.At(time.Now()), Status: ocpp16.RegistrationStatusAccepted}, nil
	})
	csms.HandleData(y.srv, "acme", "", func(ctx context.Context, st *csms.Station, _ *string) (*string, error) {
		l.look("HandleData")
		_, err := csms.Call(ctx, st, reset16())
		return nil, err
	})
	dial := func(name string) (*ocpptest.Peer, error) {
		return y.try("/ocpp/CS-1", ocpptest.PeerOptions{Subprotocols: []string{"ocpp1.6"}, TLS: &tls.Config{
			RootCAs:      a.pool(),
			Certificates: []tls.Certificate{a.issue(ecKey(t), pkix.Name{CommonName: name}, x509.ExtKeyUsageClientAuth)},
		}})
	}
	if _, err := dial("another"); err == nil {
		t.Fatal("the certificate of another station was taken")
	}
	var peers []*ocpptest.Peer
	for range 2 { // the second replaces the first
		p, err := dial("SN of CS-1")
		if err != nil {
			t.Fatal(err)
		}
		peers = append(peers, p)
		send(t, p, `[9]`, `[2,"1","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]`)
		if text := read(t, p); !strings.HasPrefix(text, `[3,"1",`) {
			t.Fatalf("got %s", text)
		}
		send(t, p, `[2,"2","DataTransfer",{"vendorId":"acme"}]`)
		id, _ := readCall(t, p, "Reset")
		send(t, p, `[3,"`+id+`",{"status":"Accepted"}]`)
		expect(t, p, `[3,"2",{"status":"Accepted"}]`)
	}
	for _, p := range peers {
		p.Close()
	}
	if err := y.srv.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	want := []string{"Authenticate", "Handle", "HandleData", "Interceptor inbound=false", "Interceptor inbound=true", "LoadBoot",
		"OnConnect", "OnDisconnect", "OnProtocolEvent", "OnRefuse", "SaveBoot", "SerialNumber", "Tap"}
	if got := slices.Sorted(maps.Keys(l.seen)); !slices.Equal(got, want) {
		t.Errorf("called %q, want %q", got, want)
	}
}
