package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/ocpptest"
)

// TestADiskThatFails makes the system calls of a process fail that write its store: the station's transaction messages stay
// unanswered, its heartbeats are answered, /readyz says why, and when the disk is well again so is the service, by itself.
// Nothing is lost, doubled or invented.
func TestADiskThatFails(t *testing.T) {
	needStrace(t)
	for name, test := range map[string]struct{ inject, reason string }{
		"full":              {"pwrite64,write:error=ENOSPC", "the disk is full"},
		"read-only":         {"pwrite64,write:error=EROFS", "the disk fails"},
		"broken":            {"pwrite64,write:error=EIO", "the disk fails"},
		"broken for a sync": {"fsync,fdatasync:error=EIO", "the disk fails"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("CHARGEYARD_API_TOKEN", crashToken)
			d := &diskTest{t: t, data: filepath.Join(t.TempDir(), "data")}
			d.p = process(t, d.data)
			d.connect()
			defer d.station.Close()
			id := d.call("StartTransaction", `{"connectorId":1,"idTag":"CAFE","meterStart":0,"timestamp":"2026-05-01T10:00:00Z"}`)["transactionId"]
			heal := d.injure(test.inject)
			stop := fmt.Sprintf(`{"transactionId":%v,"meterStop":9,"timestamp":"2026-05-01T11:00:00Z"}`, id)
			for range 3 {
				d.send("StopTransaction", stop)
				d.call("Heartbeat", `{}`) // its answer is the next frame: the stop gets none
			}
			if code, body := d.get("/readyz"); code != http.StatusServiceUnavailable || !strings.Contains(body, test.reason) {
				t.Errorf("/readyz: %d %s", code, body)
			}
			if x := d.transaction(id); x["active"] != true || x["events"] != 1.0 {
				t.Errorf("while the disk fails: %v", x)
			}
			heal()
			d.waitReady()
			d.call("StopTransaction", stop)
			d.call("StopTransaction", stop)
			if x := d.transaction(id); x["active"] != false || x["events"] != 2.0 || x["conflicts"] != 0.0 || x["meterStop"] != 9.0 {
				t.Errorf("afterwards: %v", x)
			}
			if err := d.p.Process.Kill(); err != nil {
				t.Error(err)
			}
			d.p.Wait() // it was killed
			http.DefaultClient.CloseIdleConnections()
		})
	}
}

// diskTest is a process with a station.
type diskTest struct {
	t       *testing.T
	data    string
	p       serving
	station *ocpptest.Peer
	n       int
}

func (d *diskTest) connect() {
	d.t.Helper()
	peer, err := ocpptest.DialPeer(d.t.Context(), d.p.stations+"/CP-1", ocpptest.PeerOptions{Subprotocols: []string{"ocpp1.6"}})
	if err != nil {
		d.t.Fatal(err)
	}
	d.station = peer
}

// injure lets system calls on the files of the store fail until heal.
func (d *diskTest) injure(inject string) (heal func()) {
	d.t.Helper()
	db := filepath.Join(d.data, "chargeyard.db")
	cmd := exec.CommandContext(d.t.Context(), "strace", "-f", "-o", filepath.Join(d.t.TempDir(), "trace"), "-P", db, "-P", db+"-wal",
		"-e", "trace=pwrite64,write,fsync,fdatasync", "-e", "inject="+inject, "-p", strconv.Itoa(d.p.Process.Pid))
	out, err := cmd.StderrPipe()
	if err != nil {
		d.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() && !strings.Contains(lines.Text(), "attached") {
		d.t.Log(lines.Text())
	}
	return func() {
		d.t.Helper()
		if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
			d.t.Error(err)
		}
		io.Copy(io.Discard, out) // until it has let go
		cmd.Wait()               // it ends by the signal
	}
}

func (d *diskTest) send(action, payload string) (id string) {
	d.t.Helper()
	d.n++
	id = fmt.Sprintf("%s-%d", action, d.n)
	if err := d.station.SendText(fmt.Sprintf(`[2,%q,%q,%s]`, id, action, payload)); err != nil {
		d.t.Fatal(err)
	}
	return id
}

// call sends a CALL and demands that the next frame is its CALLRESULT.
func (d *diskTest) call(action, payload string) (answer map[string]any) {
	d.t.Helper()
	id := d.send(action, payload)
	text, err := d.station.ReadText()
	if err != nil {
		d.t.Fatal(err)
	}
	var frame []any
	if err := json.Unmarshal([]byte(text), &frame); err != nil || frame[0] != 3.0 || frame[1] != id {
		d.t.Fatalf("%s: the next frame is %s %v", id, text, err)
	}
	return frame[2].(map[string]any)
}

// get asks the process, below its root.
func (d *diskTest) get(path string) (code int, body string) {
	d.t.Helper()
	req, err := http.NewRequestWithContext(d.t.Context(), http.MethodGet, strings.TrimSuffix(d.p.api, "/api/v1")+path, nil)
	if err != nil {
		d.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+crashToken)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		d.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

func (d *diskTest) transaction(id any) (x map[string]any) {
	d.t.Helper()
	code, body := d.get(fmt.Sprintf("/api/v1/transactions/%v", id))
	if err := json.Unmarshal([]byte(body), &x); err != nil || code != http.StatusOK {
		d.t.Fatalf("%d %s %v", code, body, err)
	}
	return x
}

// waitReady returns when the service is well, which nothing but time brings about.
func (d *diskTest) waitReady() {
	d.t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		if code, _ := d.get("/readyz"); code == http.StatusOK {
			return
		}
		select {
		case <-tick.C:
		case <-d.t.Context().Done():
			d.t.Fatal("it is not ready again")
		}
	}
}
