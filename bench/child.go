package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"
)

// child is a server in a process of its own.
type child struct {
	kind string
	addr string
	tls  bool
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *bufio.Reader

	served *served // of kindServe, which is asked over HTTP
}

// startChild starts this program as a server.
func startChild(kind string, tls bool, args ...string) (*child, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return startProgram(exe, kind, tls, args...)
}

// startProgram starts a build of this program as a server.
func startProgram(exe, kind string, tls bool, args ...string) (*child, error) {
	c := &child{kind: kind, tls: tls, cmd: exec.Command(exe, append(args, "-serve", kind, fmt.Sprintf("-tls=%t", tls))...)}
	var hello hello
	if err := c.start(&hello); err != nil {
		return nil, err
	}
	c.addr = hello.Addr
	return c, nil
}

// start starts the process and reads its first line.
func (c *child) start(hello any) (err error) {
	c.cmd.Stderr = os.Stderr
	if c.in, err = c.cmd.StdinPipe(); err != nil {
		return err
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	c.out = bufio.NewReader(out)
	if err := c.cmd.Start(); err != nil {
		return err
	}
	if err := c.read(hello); err != nil {
		return errors.Join(fmt.Errorf("the %s server did not start: %w", c.kind, err), c.stop())
	}
	return nil
}

// stop ends the server: it leaves when its standard input ends.
func (c *child) stop() error {
	if err := c.in.Close(); err != nil {
		return err
	}
	gone := make(chan error, 1)
	go func() { gone <- c.cmd.Wait() }()
	select {
	case err := <-gone:
		return err
	case <-time.After(10 * time.Second):
		return errors.Join(fmt.Errorf("the %s server did not leave", c.kind), c.cmd.Process.Kill())
	}
}

// ask sends a command and reads what answers it.
func (c *child) ask(cmd command, answer any) error {
	if c.served != nil {
		return c.served.ask(cmd, answer)
	}
	b, err := json.Marshal(cmd)
	if err != nil {
		return err
	}
	if _, err := c.in.Write(append(b, '\n')); err != nil {
		return err
	}
	return c.read(answer)
}

func (c *child) read(v any) error {
	line, err := c.out.ReadBytes('\n')
	if err != nil {
		return err
	}
	var failed struct{ Error string }
	if err := json.Unmarshal(line, &failed); err == nil && failed.Error != "" {
		return errors.New(failed.Error)
	}
	return json.Unmarshal(line, v)
}

// state is what a server looks like right after a forced garbage collection.
type state struct {
	stats
	resident int // bytes
}

func (c *child) state() (s state, err error) {
	if err := c.ask(command{Op: "stats"}, &s.stats); err != nil {
		return s, err
	}
	s.resident, err = residentOf(c.cmd.Process.Pid)
	return s, err
}

// cpu returns the CPU time that the server has used so far.
func (c *child) cpu() (time.Duration, error) { return cpuOf(c.cmd.Process.Pid) }
