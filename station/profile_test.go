package station

import (
	"crypto/tls"
	"slices"
	"testing"
)

func TestR1ConnectionURL(t *testing.T) {
	for _, c := range []struct{ endpoint, identity, want string }{
		{"ws://csms.example/ocpp", "RDAM|123", "ws://csms.example/ocpp/RDAM%7C123"},
		{"ws://csms.example", "CS-1", "ws://csms.example/CS-1"},
		{"ws://csms.example/", "CS-1", "ws://csms.example/CS-1"},
		{"wss://csms.example:8443/a%2Fb/ocpp", "a/b c", "wss://csms.example:8443/a%2Fb/ocpp/a%2Fb%20c"},
		{"ws://csms.example/ocpp?site=7", "Zürich", "ws://csms.example/ocpp/Z%C3%BCrich?site=7"},
		{"ws://csms.example/ocpp", "50%", "ws://csms.example/ocpp/50%25"},
	} {
		got, err := connectionURL(c.endpoint, c.identity)
		if err != nil || got != c.want {
			t.Errorf("%s with identity %s: got %s, %v; want %s", c.endpoint, c.identity, got, err, c.want)
		}
	}
}

func TestSecurityProfiles(t *testing.T) {
	cert := &tls.Config{Certificates: make([]tls.Certificate, 1)}
	for _, c := range []struct {
		p    NetworkProfile
		want Profile
	}{
		{NetworkProfile{URL: "ws://h"}, ProfileNone},
		{NetworkProfile{URL: "ws://h", Password: []byte{}}, ProfileBasic},
		{NetworkProfile{URL: "wss://h", Password: []byte("x")}, ProfileTLS},
		{NetworkProfile{URL: "WSS://h", TLS: cert}, ProfileMutualTLS},
		{NetworkProfile{URL: "ws://h", TLS: cert}, ProfileNone},
	} {
		if got := c.p.SecurityProfile(); got != c.want {
			t.Errorf("%s: profile %d, want %d", c.p.URL, got, c.want)
		}
	}
}

func TestNetworkProfilesAreChecked(t *testing.T) {
	for _, url := range []string{"", "csms.example/ocpp", "http://csms.example", "ws:///ocpp", "ws://u:secret@h/", "ws://%zz"} {
		if err := checkProfiles([]NetworkProfile{{URL: url}}, "CS-1"); err == nil {
			t.Errorf("%q was taken", url)
		}
	}
	for _, p := range []NetworkProfile{
		{URL: "ws://h", Password: []byte("x"), User: "a:b"},
		{URL: "wss://h", TLS: &tls.Config{MinVersion: tls.VersionTLS11}},
	} {
		if err := checkProfiles([]NetworkProfile{p}, "CS-1"); err == nil {
			t.Errorf("%+v was taken", p)
		}
	}
}

// rounds lets attempts fail and returns which profiles had them.
func rounds(r *rotation, n int) (tried []string) {
	for range n {
		p, ok := r.current()
		if !ok {
			return append(tried, "none")
		}
		tried = append(tried, p.URL)
		r.fail(r.turn)
	}
	return tried
}

func TestNetworkProfilesHaveTheirAttemptsInTurn(t *testing.T) {
	r := rotation{list: []NetworkProfile{{URL: "a", Attempts: 2}, {URL: "b", Attempts: 1}, {URL: "c"}}}
	want := []string{"a", "a", "b", "c", "c", "c", "a", "a", "b"}
	if got := rounds(&r, len(want)); !slices.Equal(got, want) {
		t.Errorf("tried %v, want %v", got, want)
	}
	r.succeed(r.list[r.at]) // with c, whose turn it is
	want = []string{"c", "c", "c", "a"}
	if got := rounds(&r, len(want)); !slices.Equal(got, want) {
		t.Errorf("after a success: tried %v, want %v", got, want)
	}
}

// The profiles may be replaced, or begun anew, while an attempt is under way.
func TestR64ProfileThatNeverWorkedDoesNotRaiseTheFloor(t *testing.T) {
	tried := NetworkProfile{URL: "ws://a", Attempts: 1}
	r := rotation{list: []NetworkProfile{tried}}
	turn := r.turn
	r.replace([]NetworkProfile{{URL: "wss://b", Attempts: 1}, {URL: "wss://c"}})
	r.succeed(tried)
	if r.floor != ProfileNone {
		t.Errorf("the floor is %d, and only a connection without security was made", r.floor)
	}
	r.fail(turn)
	if p, _ := r.current(); p.URL != "wss://b" {
		t.Errorf("the failure of %s was counted as one of wss://b", tried.URL)
	}
	r = rotation{list: []NetworkProfile{{URL: "ws://a", Attempts: 1}, {URL: "wss://b"}}}
	r.fail(r.turn)
	tried, _ = r.current()
	r.restart()
	if r.succeed(tried); r.floor != ProfileTLS {
		t.Errorf("the floor is %d after a connection with TLS", r.floor)
	}
}

func TestR64ProfilesBelowTheHighestAreNotTried(t *testing.T) {
	r := rotation{list: []NetworkProfile{{URL: "ws://a", Attempts: 1}, {URL: "wss://b", Attempts: 1}}}
	want := []string{"ws://a", "wss://b", "ws://a"}
	if got := rounds(&r, 3); !slices.Equal(got, want) {
		t.Fatalf("before a success: tried %v, want %v", got, want)
	}
	if p, _ := r.current(); p.URL != "wss://b" {
		t.Fatalf("the turn is that of %s", p.URL)
	}
	r.succeed(r.list[r.at])
	want = []string{"wss://b", "wss://b", "wss://b"}
	if got := rounds(&r, 3); !slices.Equal(got, want) {
		t.Errorf("after a success with TLS: tried %v, want %v", got, want)
	}
	r.floor = ProfileMutualTLS
	if got := rounds(&r, 3); !slices.Equal(got, []string{"none"}) {
		t.Errorf("with no profile at the floor: tried %v", got)
	}
}
