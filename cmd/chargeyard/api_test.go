package main

import (
	"net"
	"os"
	"testing"

	"github.com/chargeyard/chargeyard/ocpptest"
)

func TestRefusalsAreListed(t *testing.T) {
	a := ask(t)
	a.want(0, "There is no refusal.", "refusals")
	a.want(0, "", "stations", "add", "CP-1")
	_, err := ocpptest.DialPeer(t.Context(), a.stations+"/CP-1", ocpptest.PeerOptions{Subprotocols: []string{"ocpp1.6"}})
	if err == nil {
		t.Fatal("a station without its key came in")
	}
	a.eventually("credential", "refusals", "--station", "CP-1", "--since", "1h")
	a.want(0, "No refusal matches.", "refusals", "--station", "CP-2")
	a.want(0, `"reason":"credential"`, "refusals", "-o", "json")
}

func TestAWrongTokenAndAServerThatIsDownAreNamed(t *testing.T) {
	a := ask(t)
	a.want(exitUnauthorized, "chargeyard token new --save", "stations", "--api-token", "wrong")
	t.Setenv("CHARGEYARD_API_TOKEN", "")
	a.want(exitUnauthorized, "Authorization", "call", "CP-1", "ClearCache", "--data", t.TempDir())
	a.want(0, "cy_", "token", "new", "--data", a.data, "--save")
	a.want(0, "There is no station.", "stations", "--data", a.data)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	a.want(exitNoServer, "Is it running?", "stations", "--server", "http://"+l.Addr().String())
	a.want(1, "is not the URL of a server", "stations", "--server", "localhost:8080")
}

// A saved token is for servers on this machine.
func TestASavedTokenStaysOnThisMachine(t *testing.T) {
	data := t.TempDir()
	if code, _, errOut := try(t, "token", "new", "--data", data, "--save"); code != 0 {
		t.Fatal(errOut)
	}
	info, err := os.Stat(savedToken(data))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	for server, sent := range map[string]bool{
		"http://127.0.0.1:8080": true, "http://localhost:1": true, "http://[::1]:1": true, "http://example.org": false, "http://127.0.0.1.example.org": false, ":": false,
	} {
		token, err := apiFlags{Server: server, Data: data}.token()
		if err != nil || (token != "") != sent {
			t.Errorf("%s: %q %v", server, token, err)
		}
	}
	if token, err := (apiFlags{Server: "http://127.0.0.1", Data: data, APIToken: "mine"}).token(); token != "mine" || err != nil {
		t.Errorf("%q %v", token, err)
	}
}
