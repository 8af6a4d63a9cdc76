package main

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"go.uber.org/goleak"

	"github.com/chargeyard/chargeyard/internal/store/sqlitetest"
	"github.com/chargeyard/chargeyard/ocpptest"
)

// asMain makes the test program be the command, for tests that need a process.
const asMain = "CHARGEYARD_TEST_AS_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(asMain) != "" {
		if os.Getenv(withoutSync) != "" {
			dropSyncs()
		}
		main()
		return
	}
	goleak.VerifyTestMain(m)
}

// serving is a process that serves.
type serving struct {
	*exec.Cmd
	stations, api string // where
}

// process starts `chargeyard serve` and returns when it has printed its banner.
func process(t *testing.T, data string) serving {
	t.Helper()
	return processUnder(t, data)
}

// processUnder is process under another program, which is given as its command line; none is none.
func processUnder(t *testing.T, data string, under ...string) serving {
	t.Helper()
	sqlitetest.LaySchema(t, data)
	args := slices.Concat(under, []string{os.Args[0], "serve", "--ocpp", "127.0.0.1:0", "--http", "127.0.0.1:0", "--data", data})
	cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
	cmd.Env = append(os.Environ(), asMain+"=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := readBanner(t, out)
	p.Cmd = cmd
	return p
}

// readBanner reads where a server listens.
func readBanner(t *testing.T, out io.Reader) (p serving) {
	t.Helper()
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		for field := range strings.FieldsSeq(lines.Text()) {
			if url, ok := strings.CutSuffix(field, "/IDENTITY"); ok {
				p.stations = url
			}
			if strings.HasSuffix(field, "/api/v1") {
				p.api = field
			}
		}
		if strings.Contains(lines.Text(), "Ctrl-C") {
			return p
		}
	}
	t.Fatalf("no banner: %v", lines.Err())
	return p
}

func TestASignalEndsTheProcessInOrder(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	for _, sig := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		cmd := process(t, data) // the second start needs what the first one gave free
		if err := cmd.Process.Signal(sig); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("%v: %v", sig, err)
		}
	}
}

// What a station was answered is on disk, even when the process is killed the next moment.
func TestWhatWasAnsweredSurvivesKill9(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	t.Setenv("CHARGEYARD_API_TOKEN", "kill-9")
	p := process(t, data)
	station, err := ocpptest.DialPeer(t.Context(), p.stations+"/CP-1", ocpptest.PeerOptions{Subprotocols: []string{"ocpp1.6"}})
	if err != nil {
		t.Fatal(err)
	}
	defer station.Close()
	err = station.SendText(`[2,"1","StartTransaction",{"connectorId":1,"idTag":"CAFE","meterStart":1000,"timestamp":"2026-05-01T10:00:00Z"}]`)
	if err != nil {
		t.Fatal(err)
	}
	if answer, err := station.ReadText(); err != nil || !strings.Contains(answer, `"transactionId":1`) {
		t.Fatalf("%s %v", answer, err)
	}
	if err := p.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := p.Wait(); err == nil {
		t.Error("a killed process ended well")
	}

	p = process(t, data)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.api+"/transactions/1", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer kill-9")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK || !strings.Contains(string(body), `"meterStart":1000`) {
		t.Errorf("%d %s %v", resp.StatusCode, body, err)
	}
	resp.Body.Close()
	http.DefaultClient.CloseIdleConnections()
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.Wait(); err != nil {
		t.Error(err)
	}
}

// A station that does not answer its close frame holds up an orderly end for seconds; the second signal does not wait.
func TestTheSecondSignalEndsTheProcessAtOnce(t *testing.T) {
	p := process(t, filepath.Join(t.TempDir(), "data"))
	station, err := ocpptest.DialPeer(t.Context(), p.stations+"/CP-1", ocpptest.PeerOptions{Subprotocols: []string{"ocpp1.6"}})
	if err != nil {
		t.Fatal(err)
	}
	defer station.Close()
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if _, err := station.ReadClose(); err != nil { // it is stopping
		t.Fatal(err)
	}
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := p.Wait(); !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGTERM {
		t.Errorf("it ended with %v", err)
	}
}
