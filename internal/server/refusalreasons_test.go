package server

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/chargeyard/chargeyard/ocpptest"
)

// onRecord waits for a refusal of a reason, and demands whose it is and that it says what was wrong and what to do.
func (r *rig) onRecord(reason, station, detail, help string) {
	r.t.Helper()
	var list []map[string]any
	r.eventually("a refusal for the reason "+reason+" is on record", func() bool {
		list = r.items("/refusals?reason=" + reason)
		return len(list) > 0
	})
	e := list[0]
	host, _, err := net.SplitHostPort(e["address"].(string))
	if e["station"] != station || err != nil || !net.ParseIP(host).IsLoopback() || e["time"] == nil {
		r.t.Errorf("%s: %v", reason, e)
	}
	for _, part := range []string{detail, help} {
		if !strings.Contains(e["detail"].(string), part) {
			r.t.Errorf("%s: the detail lacks %q: %s", reason, part, e["detail"])
		}
	}
	if n := r.api(http.MethodGet, "/refusals/summary", "", http.StatusOK)["sinceStart"].(map[string]any)[reason]; n == nil {
		r.t.Errorf("%s is not counted", reason)
	}
}

// try attempts to connect, whatever comes of it.
func (r *rig) try(id, subprotocol string, l login) {
	r.t.Helper()
	if p, err := r.dial(id, subprotocol, l); err == nil {
		p.Close()
	}
}

// Each reason for which a station may be turned away, over a real socket, with what the API then says.
func TestR4EveryRefusalIsOnRecordWithItsReason(t *testing.T) {
	r := serve(t, Config{Stations: ModeKnown})
	key := r.create("CP-1", 1)
	r.create("CP-2", 2)
	r.try("stranger", "ocpp1.6", login{})
	r.onRecord("unknown", "stranger", "unknown station", "POST /api/v1/stations")
	r.try("CP-1", "ocpp1.6", login{})
	r.onRecord("credential", "CP-1", "it sent none", "AuthorizationKey")
	r.try("CP-1", "ocpp1.6", login{password: []byte("wrong")})
	r.try("CP-2", "ocpp1.6", login{password: []byte(r.api(http.MethodPost, "/stations/CP-2/key", "", http.StatusOK)["key"].(string))})
	r.onRecord("profile", "CP-2", "1, want 2", "with TLS")
	r.try("a%20b", "ocpp2.0.1", login{})
	r.onRecord("identity", "a b", `the character ' '`, "at most 48")
	r.try("CP-1", "ocpp9", login{password: []byte(key)})
	r.onRecord("version", "CP-1", `it offers ["ocpp9"]`, "ocpp2.0.1")
	r.get("/ocpp/CP-1")
	r.onRecord("handshake", "CP-1", "not a WebSocket handshake", "proxy")
	if _, err := ocpptest.DialPeer(t.Context(), "ws://"+r.srv.StationAddrs()[0].String()+"/CP-1", ocpptest.PeerOptions{Subprotocols: []string{"ocpp1.6"}}); err == nil {
		t.Error("a wrong path was accepted")
	}
	r.onRecord("path", "CP-1", "/CP-1", "/ocpp/IDENTITY")
	for range pairBurst + 1 {
		r.try("CP-1", "ocpp1.6", login{password: []byte("wrong")})
	}
	r.onRecord("throttled", "CP-1", "in 30s", "ends the wait")
	if strings.Contains(fmt.Sprint(r.items("/refusals")), key) {
		t.Error("a key is on record")
	}
}

// A path that net/http would correct by a redirect, which no station follows, is a wrong one: "." and ".." are no
// identities, and two slashes are the usual mistake of a URL that ends in one.
func TestR2PathsThatNeedCorrectionAreOnRecord(t *testing.T) {
	for path, want := range map[string][2]string{
		"/ocpp/%2E":       {"identity", "."},
		"/ocpp/%2e%2e":    {"identity", ".."},
		"/ocpp/.":         {"path", "."},
		"/ocpp/..":        {"path", ".."},
		"/ocpp//CP-1":     {"path", "CP-1"},
		"/ocpp/../CP-1":   {"path", "CP-1"},
		"//ocpp/CP-1":     {"path", "CP-1"},
		"/ocpp/CP-1/":     {"path", "CP-1"},
		"/ocpp/x/../CP-1": {"path", "CP-1"},
	} {
		r := serve(t, Config{})
		conn, err := net.Dial("tcp", r.srv.StationAddrs()[0].String())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"+
			"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: ocpp1.6\r\n\r\n", path)
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil || resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %v %v", path, resp, err)
		}
		conn.Close()
		r.onRecord(want[0], want[1], "", "URL must")
	}
}

// get asks the address of stations for something that is no upgrade.
func (r *rig) get(path string) {
	r.t.Helper()
	resp, err := http.Get("http://" + r.srv.StationAddrs()[0].String() + path)
	if err != nil {
		r.t.Fatal(err)
	}
	resp.Body.Close()
}

func TestR63RefusedCertificatesAreOnRecord(t *testing.T) {
	r, a := tlsRig(t)
	r.create("CP-003", 3)
	other, _ := a.issue("CP-004", ecKey(t))
	r.try("CP-003", "ocpp1.6", login{tls: a.client(other)})
	r.onRecord("certificate", "CP-003", `CN is "CP-004"`, "--client-ca")
	foreign, _ := newAuthority(t).issue("CP-003", ecKey(t))
	r.try("CP-003", "ocpp1.6", login{tls: a.client(foreign)})
	r.eventually("a certificate of another authority is on record, without an identity", func() bool {
		return slices.ContainsFunc(r.items("/refusals?reason=certificate"), func(e map[string]any) bool {
			return e["station"] == "" && strings.Contains(e["detail"].(string), "unknown authority") && strings.Contains(e["detail"].(string), "--client-ca")
		})
	})
	for _, l := range []login{{tls: a.client()}, {tls: a.client(), password: []byte("any")}} { // it has no key that somebody could enter
		r.try("CP-003", "ocpp1.6", l)
		r.onRecord("profile", "CP-003", "it sent no certificate", "with a certificate if it has security profile 3")
	}
	r.try("CP-003", "ocpp1.6", login{tls: &tls.Config{RootCAs: x509.NewCertPool()}})
	r.onRecord("tls", "", "bad certificate", "trusts the authority")
	c, err := net.Dial("tcp", r.srv.StationAddrs()[len(r.srv.StationAddrs())-1].String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.WriteString(c, "GET /ocpp/CP-003 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if resp, err := http.ReadResponse(bufio.NewReader(c), nil); err == nil {
		resp.Body.Close()
	}
	r.eventually("ws:// at a wss:// address is on record", func() bool {
		return len(r.items("/refusals?reason=tls")) > 0 && r.api(http.MethodGet, "/refusals/summary", "", http.StatusOK)["sinceStart"].(map[string]any)["tls"] == 2.0
	})
}

// Who comes while the server stops is on record for the next one.
func TestR4StationsThatComeWhileItStopsAreOnRecord(t *testing.T) {
	data := t.TempDir()
	r := serve(t, Config{Data: data, DrainWindow: 2 * InterruptWindow})
	held, release := make(chan struct{}), make(chan struct{})
	r.connect("SLOW", "ocpp1.6", login{}).answering(func(id any) string {
		close(held)
		<-release
		return accept(id)
	})
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.api(http.MethodPost, "/stations/SLOW/commands", `{"action":"ClearCache"}`, http.StatusOK)
	}()
	<-held
	r.cancel()
	r.eventually("it is stopping", func() bool { return r.srv.state.Load() == stateStopping })
	r.eventually("it refuses", func() bool {
		_, err := r.dial("LATE", "ocpp1.6", login{})
		return err != nil && strings.Contains(err.Error(), "503")
	})
	close(release)
	<-done
	if err := r.stop(); err != nil {
		t.Error(err)
	}
	list := serve(t, Config{Data: data}).items("/refusals?reason=draining&station=LATE")
	if len(list) == 0 || !strings.Contains(list[0]["detail"].(string), "comes back by itself") {
		t.Errorf("on record: %v", list)
	}
}
