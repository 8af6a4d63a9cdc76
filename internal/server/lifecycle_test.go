package server

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/store/sqlitetest"
)

func TestR31ARestartKeepsEverythingAndAsksForNoBoot(t *testing.T) {
	data := t.TempDir()
	first := serve(t, Config{Data: data, Stations: ModeKnown})
	key := first.create("CP-001", 1)
	p := first.connect("CP-001", "ocpp1.6", login{password: []byte(key)})
	p.call("BootNotification", boot16)
	p.call("StatusNotification", `{"connectorId":1,"errorCode":"NoError","status":"Charging"}`)
	tx := p.call("StartTransaction", `{"connectorId":1,"idTag":"CAFE","meterStart":1000,"timestamp":`+t0+`}`)["transactionId"]
	p.Close()
	if err := first.stop(); err != nil {
		t.Fatal(err)
	}

	second := serve(t, Config{Data: data, Stations: ModeKnown})
	want(t, second.api(http.MethodGet, "/stations/CP-001", "", http.StatusOK), map[string]any{
		"known": true, "online": false, "vendor": "Vendor", "bootStatus": "Accepted",
	})
	// Boot state belongs to the identity: the station goes on without a boot (R31), and its transaction, too.
	p = second.connect("CP-001", "ocpp1.6", login{password: []byte(key)})
	p.call("StopTransaction", `{"transactionId":1,"meterStop":2000,"timestamp":`+t2+`}`)
	list := second.items("/transactions")
	if len(list) != 1 || tx != 1.0 {
		t.Fatalf("transactions: %v, id %v", list, tx)
	}
	want(t, list[0], map[string]any{"active": false, "meterStart": 1000.0, "meterStop": 2000.0, "idToken": "CAFE"})
	if next := p.call("StartTransaction", `{"connectorId":1,"idTag":"CAFE","meterStart":2000,"timestamp":`+t2+`}`)["transactionId"]; next != 2.0 {
		t.Errorf("the next transaction has the id %v", next)
	}
}

func TestStoppingSendsCloseFramesAndIsQuick(t *testing.T) {
	r := serve(t, Config{})
	var peers []*peer
	for _, id := range []string{"A", "B", "C"} {
		p := r.connect(id, "ocpp1.6", login{})
		p.call("BootNotification", boot16)
		peers = append(peers, p)
	}
	codes := make(chan uint16, len(peers))
	for _, p := range peers {
		go func() {
			closed, err := p.ReadClose()
			if err != nil {
				codes <- 0
				return
			}
			if err := p.SendClose(closed.Code, ""); err != nil {
				codes <- 0
				return
			}
			codes <- closed.Code
		}()
	}
	begun := time.Now()
	if err := r.stop(); err != nil {
		t.Error(err)
	}
	if took := time.Since(begun); took > 3*time.Second {
		t.Errorf("stopping took %v", took)
	}
	for range peers {
		if code := <-codes; code != serviceRestart {
			t.Errorf("close code %d, want %d", code, serviceRestart)
		}
	}
	if _, err := net.Dial("tcp", r.srv.APIAddr().String()); err == nil {
		t.Error("the API still listens")
	}
}

// A station that neither reads nor closes delays the end by the limit at most.
func TestAStationThatDoesNotCloseDelaysTheEndALittleOnly(t *testing.T) {
	r := serve(t, Config{DrainWindow: InterruptWindow})
	r.connect("A", "ocpp1.6", login{}).call("BootNotification", boot16)
	begun := time.Now()
	if err := r.stop(); err != nil {
		t.Error(err)
	}
	if took := time.Since(begun); took > InterruptWindow {
		t.Errorf("stopping took %v", took)
	}
}

func TestACommandUnderWayIsAnsweredWhileStopping(t *testing.T) {
	r := serve(t, Config{})
	p := r.connect("A", "ocpp1.6", login{})
	p.call("BootNotification", boot16)
	status := make(chan int, 1)
	go func() {
		req, err := http.NewRequest(http.MethodPost, "http://"+r.srv.APIAddr().String()+"/api/v1/stations/A/commands",
			strings.NewReader(`{"action":"ClearCache"}`))
		if err != nil {
			status <- 0
			return
		}
		req.Header.Set("Authorization", "Bearer "+apiToken)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			status <- 0
			return
		}
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		status <- resp.StatusCode
	}()
	call := p.read()
	r.cancel()
	r.eventually("it is stopping", func() bool { return r.srv.state.Load() == stateStopping })
	if err := p.SendText(`[3,"` + call[1].(string) + `",{"status":"Accepted"}]`); err != nil {
		t.Error(err)
	}
	if got := <-status; got != http.StatusOK {
		t.Errorf("status %d", got)
	}
}

func TestStartingFailsWithOneSentence(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	inUse := t.TempDir()
	serve(t, Config{Data: inUse})
	file := t.TempDir() + "/file"
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for want, c := range map[string]Config{
		"they need --ocpp":                   {OCPP: Off, OCPPTLS: "127.0.0.1:0", Demo: 1},
		"choose another address with --ocpp": {OCPP: taken.Addr().String()},
		"choose another address with --http": {HTTP: taken.Addr().String()},
		"another chargeyard uses":            {Data: inUse},
		"not a directory":                    {Data: file},
		"no station could connect":           {OCPP: Off},
		"cannot listen on nowhere":           {OCPP: "nowhere:1:1"},
		"heartbeat interval":                 {Heartbeat: time.Millisecond},
		"drain window":                       {DrainWindow: -1},
		"a bound of handshakes":              {Admission: csms.LimitOptions{Waiting: -1}},
	} {
		if c.OCPP == "" {
			c.OCPP = "127.0.0.1:0"
		}
		if c.HTTP == "" {
			c.HTTP = "127.0.0.1:0"
		}
		if c.Data == "" {
			c.Data = sqlitetest.Dir(t)
		}
		_, err := Open(t.Context(), c)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("want %q in one line, got: %v", want, err)
		}
	}
}

func TestADemoIsTemporaryAndOnLoopback(t *testing.T) {
	c := Config{Demo: 3}.withDefaults()
	if c.OCPP != DefaultDemoOCPP || c.Data != "" {
		t.Errorf("defaults of a demo: %+v", c)
	}
	d, err := openDataDir(c)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(d.path); !os.IsNotExist(err) {
		t.Errorf("the temporary directory is still there: %v", err)
	}
	kept := dataDir{path: t.TempDir()}
	if err := kept.close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(kept.path); err != nil {
		t.Errorf("a directory of the user was removed: %v", err)
	}
}

func TestTheBannerSaysWhatToDo(t *testing.T) {
	r := serve(t, Config{Stations: ModeKnown})
	r.eventually("the banner is there", func() bool { return r.banner.String() != "" })
	text := r.banner.String()
	for _, want := range []string{
		"ws://" + r.srv.StationAddrs()[0].String() + "/ocpp/IDENTITY", "known stations only, as --stations says",
		"http://" + r.srv.APIAddr().String() + "/api/v1", r.srv.data.path, "Ctrl-C", "curl",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the banner lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, apiToken) {
		t.Errorf("the banner shows a token that is not new:\n%s", text)
	}
}

func TestReadinessFollowsTheLife(t *testing.T) {
	r := serve(t, Config{})
	if reasons := r.srv.notReady(context.Background()); reasons != nil {
		t.Errorf("serving: %v", reasons)
	}
	for state, want := range map[int32]string{stateOpen: "starting", stateStopping: "stopping"} {
		r.srv.state.Store(state)
		if reasons := r.srv.notReady(context.Background()); len(reasons) != 1 || !strings.Contains(reasons[0], want) {
			t.Errorf("%s: %v", want, reasons)
		}
	}
	r.srv.state.Store(stateServing)
}
