package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

const operationsMD = "../../docs/operations.md"

// pagePatience is how long a command is tried again until it prints what the page shows, as by a reader who is told to wait a
// few seconds.
const pagePatience = 15 * time.Second

// TestThePageOnOperationsIsTrue does what docs/operations.md says, command by command in one shell, with a real server and
// simulator: each has to print what the page shows and to end well, unless the page shows how it fails.
func TestThePageOnOperationsIsTrue(t *testing.T) {
	needPrograms(t, "bash", "curl", "sqlite3")
	page, err := os.ReadFile(operationsMD)
	if err != nil {
		t.Fatal(err)
	}
	commands := pageCommands(string(page))
	if len(commands) < 60 {
		t.Fatalf("%d commands were found on the page", len(commands))
	}
	shell := openShell(t)
	for _, c := range commands {
		if !shell.follow(c) {
			return
		}
	}
}

// needPrograms skips the test where a program is missing. In CI that is an error.
func needPrograms(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		if _, err := exec.LookPath(name); err != nil && os.Getenv("CI") == "" {
			t.Skip(err)
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// pageCommand is a command of a page, where it stands, and what it prints.
type pageCommand struct {
	line   int
	text   string
	prints string
}

// pageCommands reads the console blocks of a page: commands after "$ ", and below each what it prints.
func pageCommands(page string) (commands []pageCommand) {
	inside, n := false, 0
	for line := range strings.Lines(page) {
		n++
		line = strings.TrimRight(line, "\n")
		text, isCommand := strings.CutPrefix(line, "$ ")
		switch {
		case line == "```console":
			inside = true
		case strings.HasPrefix(line, "```"):
			inside = false
		case inside && isCommand:
			commands = append(commands, pageCommand{line: n, text: text})
		case inside && len(commands) > 0:
			commands[len(commands)-1].prints += line + "\n"
		}
	}
	return commands
}

// fails reports whether the page shows that the command fails.
func (c pageCommand) fails() bool {
	return strings.HasPrefix(c.prints, "chargeyard: ") || strings.Contains(c.prints, "\nchargeyard: ")
}

// What differs from run to run: ids, instants, ages and durations, ports, energies, and numbers that are drawn.
var variable = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}` +
	`|\d{4}-\d\d-\d\d(T[0-9:.]+Z)?|\b\d\d:\d\d\b` +
	`|\b\d+(ms|s|m|h)\b|127\.0\.0\.1:\d+|\b\d+\.\d{3}\b|\b\d{7,}\b`)

// pattern is what the output has to match: the words of the page with space between them, however much, and "..." for anything.
func (c pageCommand) pattern() *regexp.Regexp {
	var b strings.Builder
	b.WriteString(`(?s)^\s*`)
	for i, piece := range strings.Split(c.prints, "...") {
		if i > 0 {
			b.WriteString(`.*?\s*`)
		}
		for j, word := range strings.Fields(piece) {
			at := 0
			if j > 0 {
				b.WriteString(`\s+`)
			}
			for _, found := range variable.FindAllStringIndex(word, -1) {
				b.WriteString(regexp.QuoteMeta(word[at:found[0]]) + `[0-9A-Za-z:.-]+`)
				at = found[1]
			}
			b.WriteString(regexp.QuoteMeta(word[at:]))
		}
		b.WriteString(`\s*`)
	}
	b.WriteString(`$`)
	return regexp.MustCompile(b.String())
}

// pageShell is a bash in an empty directory, with the command in its path and ports of its own.
type pageShell struct {
	t     *testing.T
	in    io.Writer
	out   *bufio.Reader
	file  string // what the latest command printed
	ports *strings.Replacer
}

func openShell(t *testing.T) *pageShell {
	t.Helper()
	bin, dir := t.TempDir(), t.TempDir()
	program, err := filepath.Abs(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(program, filepath.Join(bin, "chargeyard")); err != nil {
		t.Fatal(err)
	}
	var ports []string
	for _, usual := range []string{":8887", ":8080", ":8987", ":8180"} {
		ports = append(ports, usual, freePort(t))
	}
	s := &pageShell{t: t, file: filepath.Join(bin, "output"), ports: strings.NewReplacer(ports...)}
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), "bash", "--norc", "--noprofile") // it ends what it began, at the end of the test
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "CHARGEYARD_") && !strings.HasPrefix(v, "PATH=") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	cmd.Env = append(cmd.Env, "PATH="+bin+":"+os.Getenv("PATH"), asMain+"=1",
		"CHARGEYARD_OCPP="+ports[1], "CHARGEYARD_HTTP=127.0.0.1"+ports[3], "CHARGEYARD_SERVER=http://127.0.0.1"+ports[3])
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s.in, s.out = in, bufio.NewReader(out)
	t.Cleanup(func() {
		late := time.AfterFunc(pagePatience, func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
		defer late.Stop()
		s.run(`for p in $SIM $SIMS $TRY $SERVER; do kill -INT $p; wait $p; done`)
		in.Close()
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// freePort returns a port of this machine that nobody listens on, as ":12345".
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return ":" + port
}

// run runs a command in the shell and returns its exit code and what it printed.
func (s *pageShell) run(command string) (code int, printed string) {
	s.t.Helper()
	if _, err := fmt.Fprintf(s.in, "{ %s\n} > %s 2>&1 < /dev/null; echo $?\n", command, s.file); err != nil {
		s.t.Fatal(err)
	}
	if _, err := fmt.Fscanln(s.out, &code); err != nil {
		s.t.Fatalf("%s: %v", command, err)
	}
	text, err := os.ReadFile(s.file)
	if err != nil {
		s.t.Fatal(err)
	}
	return code, string(text)
}

// follow does what the page says, again until it is as the page says.
func (s *pageShell) follow(c pageCommand) bool {
	s.t.Helper()
	want, begun := c.pattern(), time.Now()
	first := ""
	for {
		code, printed := s.run(s.ports.Replace(c.text))
		if (code != 0) == c.fails() && (c.prints == "" || want.MatchString(printed)) {
			return true
		}
		if first == "" {
			first = fmt.Sprintf("it ended with %d and printed\n%s", code, printed)
		}
		if time.Since(begun) > pagePatience {
			s.t.Errorf("%s:%d: %s\n%s\nThe page says\n%s\nand %v later it ended with %d and printed\n%s",
				operationsMD, c.line, c.text, first, c.prints, time.Since(begun).Round(time.Second), code, printed)
			return false
		}
	}
}

// What a server says at its start can be pasted, in this order, into another shell.
func TestTheHintsOfServeWork(t *testing.T) {
	needPrograms(t, "bash", "curl")
	data := t.TempDir()
	for _, c := range []struct {
		name  string
		flags []string
		shows string
	}{
		{"a demonstration", []string{"--demo", "3"}, "DEMO-0002"},
		{"the first start", []string{"--data", data, "--stations", "known"}, "CP-001"},
		{"the second start", []string{"--data", data}, "CP-001"},
	} {
		t.Run(c.name, func(t *testing.T) {
			shell := openShell(t)
			shell.run(`unset CHARGEYARD_SERVER CHARGEYARD_HTTP CHARGEYARD_OCPP`)
			shell.run(`chargeyard serve --ocpp 127.0.0.1:0 --http 127.0.0.1:0 ` + strings.Join(c.flags, " ") + ` > banner 2>&1 & SERVER=$!`)
			shell.follow(pageCommand{text: `grep -q Ctrl-C banner`})
			_, banner := shell.run(`sed -n '/^Try it/,/^Ctrl-C/p' banner`)
			hints := strings.Split(strings.TrimSpace(banner), "\n")
			for _, hint := range hints[1 : len(hints)-1] {
				if code, printed := shell.run(hint); code != 0 {
					t.Errorf("%s ended with %d\n%s", hint, code, printed)
				}
			}
			shell.follow(pageCommand{text: "chargeyard stations", prints: "... " + c.shows + " ..."})
		})
	}
}
