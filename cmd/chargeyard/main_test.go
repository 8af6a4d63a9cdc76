package main

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"go.uber.org/goleak"
)

// asMain makes the test program be the command, for tests that need a process.
const asMain = "CHARGEYARD_TEST_AS_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(asMain) != "" {
		main()
		return
	}
	goleak.VerifyTestMain(m)
}

// process starts the command and returns it when it has printed its banner.
func process(t *testing.T, data string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "serve", "--ocpp", "127.0.0.1:0", "--http", "127.0.0.1:0", "--data", data)
	cmd.Env = append(os.Environ(), asMain+"=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if strings.Contains(lines.Text(), "Ctrl-C") {
			return cmd
		}
	}
	t.Fatalf("no banner: %v", lines.Err())
	return nil
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

func TestKill9LosesNothingThatASecondStartNeeds(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	cmd := process(t, data)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Error("a killed process ended well")
	}
	again := process(t, data)
	if err := again.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := again.Wait(); err != nil {
		t.Error(err)
	}
}
