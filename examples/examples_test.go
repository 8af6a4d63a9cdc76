// Package examples has runnable programs of both ends in each version; the test runs them against each other.
package examples

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestStationsRunAgainstManagementSystems(t *testing.T) {
	bin := t.TempDir()
	build := exec.Command("go", "build", "-o", bin+string(filepath.Separator), "./...")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	for _, c := range []struct {
		version     string
		heardByCSMS []string
	}{
		{"16", []string{"is a One of Example", "connector 1 is Preparing", "starts transaction 1 for CAFE01 at 1000 Wh", "1 meter values of transaction 1", "ends transaction 1 at 2000 Wh"}},
		{"201", []string{"is a One of Example", "EVSE 1 is Occupied", "session-1: Started (Authorized)", "session-1: Ended (StopAuthorized)"}},
		{"21", []string{"is a One of Example", "EVSE 1 is Occupied", "session-1: Started (Authorized)", "session-1: Ended (StopAuthorized)"}},
	} {
		t.Run(c.version, func(t *testing.T) {
			heard := meet(t, bin, c.version)
			want := append(c.heardByCSMS, "connected with OCPP", "has HeartbeatInterval = 300", "disconnected")
			for _, w := range want {
				if !strings.Contains(heard, w) {
					t.Errorf("the CSMS did not print %q; it printed:\n%s", w, heard)
				}
			}
		})
	}
}

var address = regexp.MustCompile(`ws://\S+/ocpp`)

// meet runs a CSMS, a station against it, and returns what the CSMS printed until it was interrupted.
func meet(t *testing.T, bin, version string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	csms := exec.CommandContext(ctx, program(bin, "csms"+version), "-listen", "127.0.0.1:0")
	stdout, err := csms.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	csms.Stderr = csms.Stdout
	if err := csms.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(stdout)
	first, err := lines.ReadString('\n')
	url := address.FindString(first)
	if err != nil || url == "" {
		t.Fatalf("the first line of the CSMS is %q: %v", first, err)
	}
	out, err := exec.CommandContext(ctx, program(bin, "station"+version), "-url", url).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "the session is delivered") {
		t.Errorf("station: %v\n%s", err, out)
	}
	if err := csms.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(lines)
	if err != nil {
		t.Fatal(err)
	}
	if err := csms.Wait(); err != nil {
		t.Errorf("csms: %v\n%s", err, rest)
	}
	return first + string(rest)
}

func program(bin, name string) string {
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(bin, name)
}
