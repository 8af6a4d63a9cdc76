package csms_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpptest"
)

func TestR1IdentityIsThePercentDecodedLastSegment(t *testing.T) {
	for path, want := range map[string]string{
		"/ocpp/CS-1":               "CS-1",
		"/CS-1":                    "CS-1",
		"/a/b/c/CS-1?x=/y":         "CS-1",
		"/ocpp/RDAM%7C123":         "RDAM|123",
		"/ocpp/%C3%A9t%C3%A9":      "été",
		"/ocpp/one%2Ftwo":          "one/two",
		"/ocpp/spaces%20in%20it":   "spaces in it",
		"/ocpp/percent%2520escape": "percent%20escape",
	} {
		t.Run(path, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				y := open(t, csms.Options{})
				p, err := y.try(path, ocpptest.PeerOptions{Subprotocols: []string{"ocpp1.6"}})
				if err != nil {
					t.Fatal(err)
				}
				defer p.Close()
				if st := y.station(want); st.Identity() != want {
					t.Fatalf("identity %q, want %q", st.Identity(), want)
				}
			})
		})
	}
}

func TestR1IdentityIsTheWildcardOfThePattern(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := newYard(t, csms.Options{})
		mux := http.NewServeMux()
		mux.Handle("/ocpp/{identity}/json", y.srv)
		y.web = ocpptest.NewServer(mux)
		t.Cleanup(y.close)
		p, err := y.try("/ocpp/RDAM%7C123/json", ocpptest.PeerOptions{Subprotocols: []string{"ocpp2.0.1"}})
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		y.station("RDAM|123")
		_, err = y.try("/other/RDAM%7C123", ocpptest.PeerOptions{Subprotocols: []string{"ocpp2.0.1"}})
		var answer *ocpptest.StatusError
		if !errors.As(err, &answer) || answer.Code != http.StatusNotFound {
			t.Fatalf("a path that leads nowhere: %v", err)
		}
	})
}

func TestR2IdentityRulesOfEachVersion(t *testing.T) {
	x48, x255 := strings.Repeat("x", 48), strings.Repeat("x", 255)
	for _, c := range []struct {
		path     string
		version  ocpp.Version
		accepted bool
	}{
		{"/ocpp/" + x48, ocpp.V201, true},
		{"/ocpp/" + x48 + "x", ocpp.V201, false},
		{"/ocpp/" + x48 + "x", ocpp.V21, false},
		{"/ocpp/" + x48 + "x", ocpp.V16, true},
		{"/ocpp/" + x255, ocpp.V16, true},
		{"/ocpp/" + x255 + "x", ocpp.V16, false},
		{"/ocpp/a:b", ocpp.V201, false},
		{"/ocpp/a:b", ocpp.V16, true},
		{"/ocpp/aZ09*-_=+%7C@.", ocpp.V21, true},
		{"/ocpp/two%20words", ocpp.V201, false},
		{"/ocpp/two%20words", ocpp.V16, true},
		{"/ocpp/%C3%A9", ocpp.V21, false},
		{"/ocpp/%C3%A9", ocpp.V16, true},
		{"/ocpp/a%00b", ocpp.V16, false},
		{"/ocpp/a%0Ab", ocpp.V16, false},
		{"/ocpp/%FF", ocpp.V16, false},
		{"/ocpp/.", ocpp.V16, false},
		{"/ocpp/%2E", ocpp.V21, false},
		{"/ocpp/..", ocpp.V201, false},
		{"/ocpp/%2e%2e", ocpp.V16, false},
		{"/ocpp/...", ocpp.V16, true},
		{"/ocpp/", ocpp.V16, false},
		{"/", ocpp.V201, false},
	} {
		t.Run(c.version.String()+c.path[:min(len(c.path), 30)], func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				y := open(t, csms.Options{})
				p, err := y.try(c.path, ocpptest.PeerOptions{Subprotocols: []string{c.version.Subprotocol()}})
				if c.accepted {
					if err != nil {
						t.Fatal(err)
					}
					p.Close()
					return
				}
				y.wantStatus(err, http.StatusNotFound, csms.ErrBadIdentity)
			})
		})
	}
}

func TestR3VersionFollowsTheClientsOrderAndSpelling(t *testing.T) {
	for _, c := range []struct {
		offered     []string
		serverOrder bool
		version     ocpp.Version
		echo        string
	}{
		{[]string{"ocpp1.6", "ocpp2.0.1", "ocpp2.1"}, false, ocpp.V16, "ocpp1.6"},
		{[]string{"ocpp2.1", "ocpp2.0.1", "ocpp1.6"}, false, ocpp.V21, "ocpp2.1"},
		{[]string{"soap", "ocpp2.0.1"}, false, ocpp.V201, "ocpp2.0.1"},
		{[]string{"OCPP2.0.1"}, false, ocpp.V201, "OCPP2.0.1"},
		{[]string{"Ocpp1.6", "ocpp2.0.1"}, false, ocpp.V16, "Ocpp1.6"},
		{[]string{"ocpp1.6", "OCPP2.1"}, true, ocpp.V21, "OCPP2.1"},
		{[]string{"ocpp1.6"}, true, ocpp.V16, "ocpp1.6"},
	} {
		t.Run(strings.Join(c.offered, ","), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				protocols := allVersions()
				protocols[0], protocols[2] = protocols[2], protocols[0] // newest first
				y := open(t, csms.Options{Protocols: protocols, PreferServerOrder: c.serverOrder})
				p, err := y.try("/ocpp1.6/CS-1", ocpptest.PeerOptions{Subprotocols: c.offered})
				if err != nil {
					t.Fatal(err)
				}
				defer p.Close()
				if p.Subprotocol != c.echo {
					t.Errorf("echoed %q, want %q", p.Subprotocol, c.echo)
				}
				if v := y.station("CS-1").Version(); v != c.version {
					t.Errorf("negotiated %s, want %s", v, c.version)
				}
			})
		})
	}
}

func TestR3ThreeVersionsOnOnePort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := open(t, csms.Options{})
		heartbeats(y.srv)
		for _, v := range []ocpp.Version{ocpp.V16, ocpp.V201, ocpp.V21} {
			p := y.dial("CS-"+v.String(), v)
			beat(t, p, "1")
		}
		if n := y.srv.Len(); n != 3 {
			t.Errorf("%d stations, want 3", n)
		}
	})
}

func TestR4RefusalsHaveTheirStatus(t *testing.T) {
	for name, c := range map[string]struct {
		reason error
		status int
		header string
		value  string
	}{
		"unknown":  {csms.ErrUnknownStation, http.StatusNotFound, "", ""},
		"password": {csms.ErrBadCredential, http.StatusUnauthorized, "WWW-Authenticate", `Basic realm="OCPP", charset="UTF-8"`},
		"busy":     {csms.ErrBusy, http.StatusServiceUnavailable, "Retry-After", "5"},
		"guessing": {csms.ErrTooManyAttempts, http.StatusTooManyRequests, "Retry-After", "5"},
		"for long": {tooMany{}, http.StatusTooManyRequests, "Retry-After", "42"},
		"other":    {errors.ErrUnsupported, http.StatusInternalServerError, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				y := open(t, csms.Options{
					Authenticate: func(context.Context, string, csms.Credential, *http.Request) (*csms.Admission, error) {
						return nil, errors.Join(errors.New("the store says"), c.reason)
					},
				})
				_, err := y.try("/ocpp/CS-1", ocpptest.PeerOptions{Subprotocols: []string{"ocpp1.6"}})
				answer := y.wantStatus(err, c.status, c.reason)
				if c.header != "" && answer.Header.Get(c.header) != c.value {
					t.Errorf("%s: %q, want %q", c.header, answer.Header.Get(c.header), c.value)
				}
				if r := y.refusal(); r.Identity != "CS-1" {
					t.Errorf("told of %q", r.Identity)
				}
			})
		})
	}
}

func TestR4DrainingServerRefusesWithRetryAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := open(t, csms.Options{})
		if err := y.srv.Shutdown(t.Context()); err != nil {
			t.Fatal(err)
		}
		_, err := y.try("/ocpp/CS-1", ocpptest.PeerOptions{Subprotocols: []string{"ocpp1.6"}})
		answer := y.wantStatus(err, http.StatusServiceUnavailable, csms.ErrDraining)
		if answer.Header.Get("Retry-After") != "5" {
			t.Errorf("Retry-After is %q", answer.Header.Get("Retry-After"))
		}
	})
}

func TestR5NoCommonVersionCompletesTheUpgradeAndCloses(t *testing.T) {
	for name, offered := range map[string][]string{"other": {"ocpp1.5", "soap"}, "silent": nil} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				y := open(t, csms.Options{})
				p, err := y.try("/ocpp/CS-1", ocpptest.PeerOptions{Subprotocols: offered})
				if err != nil {
					t.Fatal(err)
				}
				defer p.Close()
				if p.Subprotocol != "" {
					t.Errorf("the answer has the subprotocol %q", p.Subprotocol)
				}
				expectClose(t, p, 1002)
				if r := y.refusal(); !errors.Is(r.Reason, csms.ErrNoVersion) || r.Status != http.StatusSwitchingProtocols {
					t.Errorf("told of %+v", r)
				}
				if y.srv.Len() != 0 {
					t.Error("the station is listed")
				}
			})
		})
	}
}

func TestR5SilentStationsMaySpeakADefaultVersion(t *testing.T) {
	authenticate := func(_ context.Context, id string, _ csms.Credential, _ *http.Request) (*csms.Admission, error) {
		if id == "old" {
			return &csms.Admission{DefaultVersion: ocpp.V16}, nil
		}
		return nil, nil
	}
	synctest.Test(t, func(t *testing.T) {
		y := open(t, csms.Options{DefaultVersion: ocpp.V201, Authenticate: authenticate})
		for id, want := range map[string]ocpp.Version{"new": ocpp.V201, "old": ocpp.V16} {
			p, err := y.try("/ocpp/"+id, ocpptest.PeerOptions{})
			if err != nil {
				t.Fatal(err)
			}
			defer p.Close()
			if p.Subprotocol != "" {
				t.Errorf("the answer names %q to a station that offered nothing", p.Subprotocol)
			}
			if v := y.station(id).Version(); v != want {
				t.Errorf("%s speaks %s, want %s", id, v, want)
			}
		}
		p, err := y.try("/ocpp/other", ocpptest.PeerOptions{Subprotocols: []string{"ocpp1.5"}})
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		expectClose(t, p, 1002) // it did offer something
	})
}

func TestR5DefaultVersionBringsItsIdentityRules(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := open(t, csms.Options{DefaultVersion: ocpp.V201})
		_, err := y.try("/ocpp/a:b", ocpptest.PeerOptions{})
		y.wantStatus(err, http.StatusNotFound, csms.ErrBadIdentity)
	})
}

func TestR6CompressionIsUsedWhenOffered(t *testing.T) {
	for _, disabled := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			y := open(t, csms.Options{DisableCompression: disabled})
			csms.HandleData(y.srv, "v", "", func(context.Context, *csms.Station, *string) (*string, error) {
				long := strings.Repeat("all work and no play ", 500)
				return &long, nil
			})
			p, err := y.try("/ocpp/CS-1", ocpptest.PeerOptions{
				Subprotocols: []string{"ocpp2.0.1"},
				Header:       http.Header{"Sec-WebSocket-Extensions": {"permessage-deflate; client_max_window_bits"}},
			})
			if err != nil {
				t.Fatal(err)
			}
			defer p.Close()
			send(t, p, `[2,"1","DataTransfer",{"vendorId":"v"}]`)
			f, err := p.ReadFrame()
			if err != nil {
				t.Fatal(err)
			}
			if compressed := f.RSV == 4; compressed == disabled || compressed && len(f.Payload) > 500 {
				t.Errorf("disabled %v: RSV %d, %d bytes", disabled, f.RSV, len(f.Payload))
			}
		})
	}
}

func TestR6CompressionThatWasNotOfferedIsNotUsed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := open(t, csms.Options{})
		heartbeats(y.srv)
		beat(t, y.dial("CS-1", ocpp.V201), "1")
	})
}

func TestNotAWebSocketHandshakeIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := open(t, csms.Options{})
		_, err := y.try("/ocpp/CS-1", ocpptest.PeerOptions{Header: http.Header{"Upgrade": {"h2c"}}})
		answer := y.wantStatus(err, http.StatusUpgradeRequired, csms.ErrNotWebSocket)
		if answer.Header.Get("Upgrade") != "websocket" {
			t.Errorf("the answer says %v", answer.Header)
		}
	})
}

func TestNewServerNeedsAVersion(t *testing.T) {
	if s, err := csms.NewServer(csms.Options{}); err == nil || s != nil {
		t.Fatalf("got %v, %v", s, err)
	}
}
