package server

import (
	"context"
	"encoding/base64"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
	"github.com/chargeyard/chargeyard/internal/store/sqlite"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocpptest"
)

const (
	newKey    = "00112233445566778899aabbccddeeff00112233"
	changeKey = `{"action":"ChangeConfiguration","payload":{"key":"AuthorizationKey","value":"` + newKey + `"},"timeout":5}`
)

// A station that got a new key and did not say so is let in with either, until it uses the new one.
func TestR61AKeyChangeWithoutAnAnswerLocksNobodyOut(t *testing.T) {
	r := serve(t, Config{Stations: ModeKnown})
	old := r.create("CP-001", 1)
	p := r.connect("CP-001", "ocpp1.6", login{password: []byte(old)})
	r.command(p, "CP-001", changeKey, http.StatusBadGateway, func() {
		p.read()
		p.Close()
	})
	r.connect("CP-001", "ocpp1.6", login{password: []byte(old)})
	r.connect("CP-001", "ocpp1.6", login{password: []byte(newKey)})
	r.refused("CP-001", login{password: []byte(old)}, http.StatusUnauthorized)
	r.connect("CP-001", "ocpp1.6", login{password: []byte(newKey)})
}

// A key that a station certainly did not take over does not work.
func TestR61AKeyThatAStationRefusedDoesNotWork(t *testing.T) {
	r := serve(t, Config{Stations: ModeKnown})
	old := r.create("CP-001", 1)
	p := r.connect("CP-001", "ocpp1.6", login{password: []byte(old)})
	r.command(p, "CP-001", changeKey, http.StatusOK, func() { p.serveCall("ChangeConfiguration", `{"status":"Rejected"}`) })
	r.refused("CP-001", login{password: []byte(newKey)}, http.StatusUnauthorized)
	r.command(p, "CP-001", changeKey, http.StatusBadGateway, func() {
		id := p.read()[1]
		if err := p.SendText(fmt.Sprintf(`[4,%q,"InternalError","",{}]`, id)); err != nil {
			t.Error(err)
		}
	})
	r.refused("CP-001", login{password: []byte(newKey)}, http.StatusUnauthorized)
	r.connect("CP-001", "ocpp1.6", login{password: []byte(old)})
}

// Whoever replaces a key or deletes a station while it connects finds no connection to close: it closes by itself.
func TestR61AKeyThatIsReplacedWhileAStationConnectsEndsTheConnection(t *testing.T) {
	for name, change := range map[string]func(context.Context, store.Store) error{
		"replaced": func(ctx context.Context, s store.Store) error {
			return s.SetCredential(ctx, "CP-001", fleet.NewCredential("another"))
		},
		"raised":  func(ctx context.Context, s store.Store) error { return s.RaiseProfile(ctx, "CP-001", 2) },
		"deleted": func(ctx context.Context, s store.Store) error { return s.DeleteStation(ctx, "CP-001") },
	} {
		closed, err := connectDuring(t, change).ReadClose()
		if err != nil || closed.Code != policyViolation || name == "raised" != strings.Contains(closed.Reason, "security profile") {
			t.Errorf("%s: %v, %v", name, closed, err)
		}
	}
	kept := connectDuring(t, func(ctx context.Context, s store.Store) error {
		return s.OfferCredential(ctx, "CP-001", fleet.NewCredential("another"))
	})
	if err := kept.SendText(`[2,"1","Heartbeat",{}]`); err != nil {
		t.Fatal(err)
	}
	if text, err := kept.ReadText(); err != nil || !strings.HasPrefix(text, `[4,"1"`) {
		t.Errorf("a station whose key still works: %s %v", text, err)
	}
}

// connectDuring connects a station, and makes a change between its authentication and its registration.
func connectDuring(t *testing.T, change func(context.Context, store.Store) error) *ocpptest.Peer {
	t.Helper()
	s, err := sqlite.Open(t.TempDir(), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = s.CreateStation(t.Context(), store.NewStation{ID: "CP-001", Profile: 1, Credential: fleet.NewCredential("key"), At: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	a := &admission{mode: ModeKnown, store: s, log: slog.New(slog.DiscardHandler)}
	srv, err := csms.NewServer(csms.Options{
		Protocols: []*ocpp.Protocol{ocpp16.Protocol},
		Authenticate: func(ctx context.Context, id string, c csms.Credential, r *http.Request) (*csms.Admission, error) {
			admitted, err := a.authenticate(ctx, id, c, r)
			if err == nil {
				err = change(ctx, s)
			}
			return admitted, err
		},
		OnConnect: a.recheck,
		Logger:    a.log,
	})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(srv)
	t.Cleanup(func() {
		web.Close()
		if err := srv.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	header := http.Header{"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte("CP-001:key"))}}
	p, err := ocpptest.DialPeer(t.Context(), "ws"+strings.TrimPrefix(web.URL, "http")+"/CP-001",
		ocpptest.PeerOptions{Subprotocols: []string{"ocpp1.6"}, Header: header})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	if err := p.Conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	return p
}
