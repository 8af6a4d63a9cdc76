package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/chargeyard/chargeyard/internal/stormserver"
)

// stormChild is a server process that a storm has started for itself.
type stormChild struct {
	stormServer
	cmd   *exec.Cmd
	stdin io.Closer
	dir   string // of its data and log
	token string
}

// startStormChild starts the server and waits until it is ready.
func startStormChild(ctx context.Context, bare, known bool, authority *stormserver.Authority) (_ *stormChild, err error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := &stormChild{token: rand.Text()}
	if c.dir, err = os.MkdirTemp("", "chargeyard-storm-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(c.dir))
		}
	}()
	args := []string{"storm-server", "--data", filepath.Join(c.dir, "data")}
	if bare {
		args = append(args, "--bare")
	}
	if known {
		args = append(args, "--known")
	}
	if authority != nil {
		if _, err := authority.Write(c.dir); err != nil {
			return nil, err
		}
		args = append(args, "--tls-files", c.dir)
	}
	return c, c.start(exec.CommandContext(context.WithoutCancel(ctx), program, args...)) //nolint:gosec // it is this program; stop ends it
}

func (c *stormChild) start(cmd *exec.Cmd) error {
	log, err := os.Create(c.logFile())
	if err != nil {
		return err
	}
	defer log.Close() //nolint:errcheck // the child has its own
	cmd.Stderr = log
	cmd.Env = append(os.Environ(), "CHARGEYARD_API_TOKEN="+c.token)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if c.stdin, err = cmd.StdinPipe(); err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	c.cmd = cmd
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &c.stormServer)
	}
	if err != nil {
		text, readErr := os.ReadFile(c.logFile())
		return errors.Join(fmt.Errorf("the server did not start: %w\n%s", err, text), readErr, c.stop())
	}
	return nil
}

// stopLimit is how long the server may take to end. It has no stations left then.
const stopLimit = 20 * time.Second

func (c *stormChild) logFile() string { return filepath.Join(c.dir, "log.json") }

// stop ends the server, waits for it, and removes what it wrote.
func (c *stormChild) stop() error {
	err := c.stdin.Close()
	late := time.AfterFunc(stopLimit, func() { c.cmd.Process.Kill() }) //nolint:errcheck // Wait says how it ended
	defer late.Stop()
	if waitErr := c.cmd.Wait(); waitErr != nil {
		err = errors.Join(err, fmt.Errorf("the server ended badly: %w", waitErr))
	}
	return errors.Join(err, os.RemoveAll(c.dir))
}

// logged counts the warnings and errors that the server has logged, by what they say.
func (c *stormChild) logged() (map[string]int, error) {
	lines, err := os.ReadFile(c.logFile())
	if err != nil {
		return nil, err
	}
	counts := map[string]int{}
	for line := range bytes.Lines(lines) {
		var entry struct{ Level, Msg, Error, Action, Code, Why string }
		if json.Unmarshal(line, &entry) != nil {
			entry.Level, entry.Msg = "ERROR", string(bytes.TrimSpace(line)) // a panic, or what net/http says by itself
		}
		said := slices.DeleteFunc([]string{entry.Msg, entry.Action, entry.Code, entry.Why, entry.Error}, func(s string) bool { return s == "" })
		counts[entry.Level+" "+strings.Join(said, ", ")]++
	}
	return counts, nil
}
