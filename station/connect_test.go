package station_test

import (
	"context"
	"encoding/base64"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocpp201"
	"github.com/chargeyard/chargeyard/ocpp21"
	"github.com/chargeyard/chargeyard/station"
)

func allVersions() []*ocpp.Protocol {
	return []*ocpp.Protocol{ocpp21.Protocol, ocpp201.Protocol, ocpp16.Protocol}
}

func TestR1IdentityIsPercentEncodedInTheURL(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		o := f.options()
		o.Identity = "RDAM|123"
		f.started(o)
		f.last()
		if f.urls[0] != "/ocpp/RDAM%7C123" {
			t.Errorf("the request was for %s", f.urls[0])
		}
	})
}

func TestR3VersionsAreOfferedInOrderOfPreference(t *testing.T) {
	for _, want := range []ocpp.Version{ocpp.V21, ocpp.V201, ocpp.V16} {
		t.Run(want.String(), func(t *testing.T) {
			bubble(t, func(t *testing.T, f *fakeCSMS) {
				f.choose = func([]string) string { return want.Subprotocol() }
				o := f.options()
				o.Protocols = allVersions()
				c := f.started(o)
				f.expect("0s connected "+want.Subprotocol(), "0s BootNotification")
				if got := f.headers[0].Get("Sec-WebSocket-Protocol"); strings.ReplaceAll(got, " ", "") != "ocpp2.1,ocpp2.0.1,ocpp1.6" {
					t.Errorf("offered %q", got)
				}
				if got := c.Connection().Version(); got != want {
					t.Errorf("speaks %v, want %v", got, want)
				}
			})
		})
	}
}

func TestR3AnotherSpellingOfTheVersionIsTaken(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		f.choose = func([]string) string { return "OCPP2.0.1" }
		o := f.options()
		o.Protocols = allVersions()
		c := f.started(o)
		f.expect("0s connected OCPP2.0.1", "0s BootNotification")
		if got := c.Connection().Version(); got != ocpp.V201 {
			t.Errorf("speaks %v, want 2.0.1", got)
		}
	})
}

func TestR3AVersionThatWasNotOfferedAborts(t *testing.T) {
	// Without a subprotocol the handshake is complete and the connection is closed properly.
	closings := map[string][]string{"ocpp2.0.1": {}, "ocpp1.5": {}, "": {"0s closed 1002"}}
	for chosen := range closings {
		t.Run(chosen, func(t *testing.T) {
			bubble(t, func(t *testing.T, f *fakeCSMS) {
				f.choose = func([]string) string { return chosen }
				o := f.options()
				failed := 0
				o.OnConnect = func(*station.Connection) { t.Error("connected") }
				o.OnConnectFailed = func(station.ConnectFailure) { failed++ }
				f.started(o)
				time.Sleep(9 * time.Second)
				f.same(without(without(f.lines(), "connected"), "lost"), closings[chosen]...)
				if failed != 1 {
					t.Errorf("%d attempts failed, want 1", failed)
				}
			})
		})
	}
}

func TestR7RedirectsAreNotFollowed(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		f.refuse = http.StatusFound
		o := f.options()
		var failure station.ConnectFailure
		o.OnConnectFailed = func(x station.ConnectFailure) { failure = x }
		f.started(o)
		f.expect("0s refused 302")
		want := station.ConnectFailure{URL: f.srv.URL + "/ocpp/CS-1", Status: 302, Retry: 10 * time.Second}
		failure.Err = nil
		if failure != want {
			t.Errorf("got %+v, want %+v", failure, want)
		}
	})
}

func TestR30ReconnectsForEverWithBackOff(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		o := f.options()
		o.BackOff.RepeatTimes = 2
		f.started(o)
		f.expect("0s connected ocpp1.6", "0s BootNotification")
		f.setDown(true)
		time.Sleep(time.Minute)
		f.last().Close()
		f.expect("1m0s lost")
		time.Sleep(3 * time.Minute)
		// 10 s after the loss, then 20, 40, and 40 for ever
		f.expect("1m10s dial csms.test:80", "1m30s dial csms.test:80", "2m10s dial csms.test:80",
			"2m50s dial csms.test:80", "3m30s dial csms.test:80")
		time.Sleep(30 * time.Hour)
		if got, want := len(f.lines()), 30*60*60/40; got != want {
			t.Errorf("%d attempts in 30 hours, want %d", got, want)
		}
		f.setDown(false)
		time.Sleep(40 * time.Second)
		f.last().Close()
		time.Sleep(10 * time.Second)           // the success has reset the waits
		got := without(f.lines(), "Heartbeat") // the time is due after 30 hours
		if len(got) != 3 || !strings.HasSuffix(got[2], "connected ocpp1.6") {
			t.Errorf("got %q", got)
		}
	})
}

func TestRetryAfterLengthensTheBackOff(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		f.refuse = http.StatusServiceUnavailable
		f.retryAfter = "15"
		f.started(f.options())
		time.Sleep(40 * time.Second)
		f.expect("0s refused 503", "15s refused 503", "35s refused 503") // 10 s and 20 s of our own
	})
}

func TestR60PasswordIsBytes(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		o := f.options()
		password := []byte("a:\x00\xff:b")
		o.Profiles = []station.NetworkProfile{{URL: o.URL, Password: password}}
		o.URL = ""
		c := f.started(o)
		f.last()
		want := "Basic " + base64.StdEncoding.EncodeToString([]byte("CS-1:a:\x00\xff:b"))
		if got := f.headers[0].Get("Authorization"); got != want {
			t.Errorf("the header is %q, want %q", got, want)
		}
		if got := c.Connection().Profile(); got != station.ProfileBasic {
			t.Errorf("the security profile is %d", got)
		}
	})
}

func TestR61ReconnectsWithTheNewPassword(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		o := f.options()
		o.Profiles = []station.NetworkProfile{{URL: o.URL, Password: []byte("old")}}
		o.URL = ""
		c := f.client(o)
		station.Handle(c, func(_ context.Context, req *ocpp16.ChangeConfigurationRequest) (*ocpp16.ChangeConfigurationResponse, error) {
			key, err := station.AuthorizationKey(req.Value)
			if err != nil {
				return nil, err
			}
			c.UpdatePassword(key)
			time.Sleep(2 * time.Second)
			return &ocpp16.ChangeConfigurationResponse{Status: ocpp16.ConfigurationStatusAccepted}, nil
		})
		f.run(c)
		f.expect("0s connected ocpp1.6", "0s BootNotification")
		time.Sleep(time.Second)
		f.last().SendText(`[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"` + strings.Repeat("00ff3a41", 4) + `"}]`)
		time.Sleep(3 * time.Second)
		// The answer still goes out; then there is a new connection, at once and without a boot.
		f.expectUnordered("3s answer 3 \"1\" {\"status\":\"Accepted\"}", "3s closed 1000", "3s connected ocpp1.6")
		want := base64.StdEncoding.EncodeToString([]byte("CS-1:" + strings.Repeat("\x00\xff:A", 4)))
		if got := f.headers[1].Get("Authorization"); got != "Basic "+want {
			t.Errorf("the header is %q", got)
		}
	})
}

func TestR64ProfileIsNeverLowered(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		o := f.options()
		o.Profiles = []station.NetworkProfile{{URL: o.URL, Password: []byte("secret")}}
		endpoint := o.URL
		o.URL = ""
		var events []station.SecurityEvent
		o.OnSecurityEvent = func(e station.SecurityEvent) { events = append(events, e) }
		c := f.started(o)
		f.last()
		err := c.SetProfiles([]station.NetworkProfile{{URL: endpoint}})
		if !errors.Is(err, station.ErrProfileLowered) {
			t.Errorf("lowering: got %v", err)
		}
		if c.MinProfile() != station.ProfileBasic {
			t.Errorf("the floor is %d", c.MinProfile())
		}
		f.last().Close()
		time.Sleep(10 * time.Second)
		f.last()
		if f.headers[1].Get("Authorization") == "" {
			t.Error("the lower profile was used")
		}
		if err := c.SetProfiles([]station.NetworkProfile{{URL: "wss://csms.test/ocpp", Password: []byte("secret")}}); err != nil {
			t.Errorf("raising: got %v", err)
		}
		if len(events) != 2 || events[0].Err == nil || events[1].Err != nil {
			t.Errorf("the security events are %v", events)
		}
	})
}

func TestR64NothingIsDialledBelowTheFloor(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		o := f.options()
		o.MinProfile = station.ProfileTLS
		var failure error
		o.OnConnectFailed = func(x station.ConnectFailure) { failure = x.Err }
		f.started(o)
		f.expect()
		if !errors.Is(failure, station.ErrNoProfile) {
			t.Errorf("got %v", failure)
		}
	})
}

func TestNetworkProfilesFallBackAndBootAgain(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		o := f.options()
		o.Profiles = []station.NetworkProfile{
			{URL: "ws://first.test/ocpp", Attempts: 2}, {URL: "ws://second.test/ocpp", Attempts: 1},
		}
		o.URL = ""
		o.BackOff.RepeatTimes = -1
		firstDown := false
		o.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
			f.note("dial %s", addr)
			if firstDown && addr == "first.test:80" {
				return nil, errors.New("down")
			}
			return f.dial(ctx, network, addr)
		}
		c := f.started(o)
		f.expect("0s dial first.test:80", "0s connected ocpp1.6", "0s BootNotification")
		firstDown = true
		f.last().Close()
		time.Sleep(time.Minute)
		f.expect("0s lost", "10s dial first.test:80", "20s dial first.test:80", "30s dial second.test:80",
			"30s connected ocpp1.6", "30s BootNotification") // B10.FR.10
		if got := c.Connection().NetworkProfile(); got != 1 {
			t.Errorf("network profile %d, want 1", got)
		}
	})
}

func TestUnauthorizedIsASecurityEvent(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		f.refuse = http.StatusUnauthorized
		o := f.options()
		var events []string
		o.OnSecurityEvent = func(e station.SecurityEvent) { events = append(events, e.Type) }
		f.started(o)
		f.expect("0s refused 401")
		if len(events) != 1 || events[0] != station.SecurityFailedToAuthenticate {
			t.Errorf("got %v", events)
		}
	})
}
