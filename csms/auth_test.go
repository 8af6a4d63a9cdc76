package csms_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocpptest"
)

func TestR60PasswordIsTheBytesBehindTheFirstColon(t *testing.T) {
	for name, password := range map[string]string{
		"text":        "0123456789abcdef",
		"colons":      ":a:b:",
		"NUL":         "a\x00b",
		"0xFF":        "\xff\xfe\x80",
		"empty":       "",
		"line breaks": "a\r\nb",
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var got csms.Credential
				y := open(t, csms.Options{
					Authenticate: func(_ context.Context, _ string, c csms.Credential, _ *http.Request) (*csms.Admission, error) {
						got = c
						return nil, nil
					},
				})
				p, err := y.try("/ocpp/CS%7C1", ocpptest.PeerOptions{
					Subprotocols: []string{"ocpp1.6"}, Header: basic("CS|1", password),
				})
				if err != nil {
					t.Fatal(err)
				}
				defer p.Close()
				if !got.Basic || got.User != "CS|1" || !bytes.Equal(got.Password, []byte(password)) || got.TLS {
					t.Errorf("credential %+v", got)
				}
				if profile := y.station("CS|1").Profile(); profile != csms.ProfileBasic {
					t.Errorf("profile %d", profile)
				}
			})
		})
	}
}

func TestR60IdentityWithColonsMayHaveAPassword(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got csms.Credential
		y := open(t, csms.Options{
			Authenticate: func(_ context.Context, _ string, c csms.Credential, _ *http.Request) (*csms.Admission, error) {
				got = c
				return nil, nil
			},
		})
		p, err := y.try("/ocpp/AA:BB:CC", ocpptest.PeerOptions{
			Subprotocols: []string{"ocpp1.6"}, Header: basic("AA:BB:CC", "se:cret"),
		})
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		if got.User != "AA:BB:CC" || string(got.Password) != "se:cret" {
			t.Errorf("credential %+v", got)
		}
	})
}

func TestAuthenticateThatPanicsDoesNotHoldUpShutdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := open(t, csms.Options{
			Authenticate: func(context.Context, string, csms.Credential, *http.Request) (*csms.Admission, error) {
				panic(http.ErrAbortHandler)
			},
		})
		if _, err := y.try("/ocpp/CS-1", ocpptest.PeerOptions{Subprotocols: []string{"ocpp1.6"}}); err == nil {
			t.Error("admitted")
		}
	})
}

func TestR60BasicUserMustBeTheIdentity(t *testing.T) {
	encode := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	for name, header := range map[string]string{
		"other user":   "Basic " + encode("CS-2:secret"),
		"other case":   "Basic " + encode("cs-1:secret"),
		"no colon":     "Basic " + encode("CS-1"),
		"no user":      "Basic " + encode(":CS-1"),
		"not base64":   "Basic ***",
		"other scheme": "Bearer " + encode("CS-1:secret"),
		"empty":        "Basic ",
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				asked := false
				y := open(t, csms.Options{
					Authenticate: func(context.Context, string, csms.Credential, *http.Request) (*csms.Admission, error) {
						asked = true
						return nil, nil
					},
				})
				_, err := y.try("/ocpp/CS-1", ocpptest.PeerOptions{
					Subprotocols: []string{"ocpp1.6"}, Header: http.Header{"Authorization": {header}},
				})
				y.wantStatus(err, http.StatusUnauthorized, csms.ErrBadCredential)
				if asked {
					t.Error("Authenticate was asked")
				}
			})
		})
	}
}

func TestLowerProfileThanDemandedIsRefused(t *testing.T) {
	for _, c := range []struct {
		server, station csms.Profile
		header          http.Header
		accepted        bool
	}{
		{csms.ProfileNone, csms.ProfileNone, nil, true},
		{csms.ProfileBasic, csms.ProfileNone, nil, false},
		{csms.ProfileNone, csms.ProfileBasic, nil, false},
		{csms.ProfileNone, csms.ProfileBasic, basic("CS-1", "secret"), true},
		{csms.ProfileTLS, csms.ProfileNone, basic("CS-1", "secret"), false},
		{csms.ProfileNone, csms.ProfileMutualTLS, basic("CS-1", "secret"), false},
	} {
		synctest.Test(t, func(t *testing.T) {
			y := open(t, csms.Options{
				MinProfile: c.server,
				Authenticate: func(context.Context, string, csms.Credential, *http.Request) (*csms.Admission, error) {
					return &csms.Admission{MinProfile: c.station}, nil
				},
			})
			p, err := y.try("/ocpp/CS-1", ocpptest.PeerOptions{Subprotocols: []string{"ocpp1.6"}, Header: c.header})
			if !c.accepted {
				y.wantStatus(err, http.StatusUnauthorized, csms.ErrProfile)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			p.Close()
		})
	}
}

func TestAdmissionOverridesTheOptionsOfItsStation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		type account struct{ name string }
		y := open(t, csms.Options{
			Authenticate: func(_ context.Context, id string, _ csms.Credential, _ *http.Request) (*csms.Admission, error) {
				if id == "strict" {
					return &csms.Admission{Policy: ocpp.Strict, Data: &account{"A"}}, nil
				}
				return nil, nil
			},
		})
		heartbeats(y.srv)
		strict, tolerant := y.dial("strict", ocpp.V16), y.dial("tolerant", ocpp.V16)
		send(t, strict, `[2,"1","Heartbeat",{"vendor":1}]`)
		expectError(t, strict, "1", "FormationViolation")
		send(t, tolerant, `[2,"1","Heartbeat",{"vendor":1}]`)
		expect(t, tolerant, `[3,"1",{"currentTime":"2026-01-02T03:04:05Z"}]`)
		st := y.station("strict")
		if a, ok := st.Data().(*account); !ok || a.name != "A" {
			t.Errorf("data %v", st.Data())
		}
		st.SetData(7)
		if st.Data() != 7 || y.station("tolerant").Data() != nil {
			t.Error("data is not kept per connection")
		}
	})
}

func TestR65TimesWithoutAZoneAreOfTheStationsZone(t *testing.T) {
	east := time.FixedZone("east", 3*60*60)
	for name, c := range map[string]struct {
		server, station *time.Location
		want            string
	}{
		"default": {nil, nil, "2026-01-02T03:04:05Z"},
		"server":  {east, nil, "2026-01-02T00:04:05Z"},
		"station": {east, time.FixedZone("west", -60*60), "2026-01-02T04:04:05Z"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				y := open(t, csms.Options{
					Location: c.server,
					Authenticate: func(context.Context, string, csms.Credential, *http.Request) (*csms.Admission, error) {
						return &csms.Admission{Location: c.station}, nil
					},
				})
				csms.Handle(y.srv, func(_ context.Context, _ *csms.Station, q *ocpp16.StatusNotificationRequest) (*ocpp16.StatusNotificationResponse, error) {
					return nil, ocpp.Errorf(ocpp.GenericError, "%s", q.Timestamp)
				})
				p := y.dial("CS-1", ocpp.V16)
				send(t, p, `[2,"1","StatusNotification",{"connectorId":1,"errorCode":"NoError","status":"Available","timestamp":"2026-01-02T03:04:05"}]`)
				expect(t, p, `[4,"1","GenericError","`+c.want+`",{}]`)
			})
		})
	}
}

func TestFailingBootStatesRefuseWithRetryAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := open(t, csms.Options{BootStates: brokenBootStates{}})
		_, err := y.try("/ocpp/CS-1", ocpptest.PeerOptions{Subprotocols: []string{"ocpp1.6"}})
		answer := y.wantStatus(err, http.StatusServiceUnavailable, errBroken)
		if answer.Header.Get("Retry-After") == "" {
			t.Error("no Retry-After")
		}
	})
}

var errBroken = errors.New("the store is down")

type brokenBootStates struct{}

func (brokenBootStates) LoadBoot(context.Context, string) (ocpp.BootStatus, error) {
	return "", errBroken
}

func (brokenBootStates) SaveBoot(context.Context, string, ocpp.BootStatus) error { return errBroken }
