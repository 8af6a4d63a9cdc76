package stormtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// root is the module, as seen from this package.
const root = "../.."

// mutation breaks one invariant in the code. The tests named with it have to fail on the broken code.
type mutation struct {
	name      string
	invariant string
	change    string
	tests     []target
	edits     []edit
}

// target is a package and the tests of it that have to fail.
type target struct{ pkg, run string }

// edit replaces text that occurs exactly once in a file.
type edit struct{ file, old, new string }

// The tests take a second or so; those that hang on broken code are cut off.
const (
	soundTimeout  = 2 * time.Minute
	brokenTimeout = 20 * time.Second
)

// TestMutations runs the mutations of testdata/mutations: each is compiled into its tests by go test -overlay, which
// have to pass without it and to fail with it. It is not part of an ordinary test run:
//
//	go test ./internal/stormtest -run TestMutations -mutations . -v
func TestMutations(t *testing.T) {
	if *mutations == "" {
		t.Skip("it needs -mutations")
	}
	wanted, err := regexp.Compile(*mutations)
	if err != nil {
		t.Fatal(err)
	}
	all := slices.DeleteFunc(readMutations(t), func(m mutation) bool { return !wanted.MatchString(m.name) })
	if len(all) == 0 {
		t.Fatal("no mutation has such a name")
	}
	begun := time.Now()
	passOnSoundCode(t, all)
	verdicts := make([][]string, len(all))
	next := make(chan int)
	var workers sync.WaitGroup
	for range 2 { // one compiles while the other one waits for a test that hangs
		workers.Go(func() {
			for i := range next {
				verdicts[i] = all[i].run(t)
			}
		})
	}
	for i := range all {
		next <- i
	}
	close(next)
	workers.Wait()
	for i, m := range all {
		t.Logf("%-28s %s\n\t%s", m.name, m.invariant, strings.Join(verdicts[i], "\n\t"))
	}
	t.Logf("%d mutations in %v", len(all), time.Since(begun).Round(time.Second))
}

// TestMutationsApply checks that every mutation still fits the code, without running it.
func TestMutationsApply(t *testing.T) {
	for _, m := range readMutations(t) {
		if _, err := m.overlay(t.TempDir()); err != nil {
			t.Error(err)
		}
	}
}

// passOnSoundCode runs the tests of all mutations on the code as it is.
func passOnSoundCode(t *testing.T, all []mutation) {
	t.Helper()
	runs := map[string][]string{}
	for _, m := range all {
		for _, to := range m.tests {
			if !slices.Contains(runs[to.pkg], to.run) {
				runs[to.pkg] = append(runs[to.pkg], to.run)
			}
		}
	}
	for pkg, run := range runs {
		out, err := goTest(target{pkg, strings.Join(run, "|")}, "", soundTimeout)
		if err != nil || strings.Contains(out, "no tests to run") {
			t.Fatalf("%s on sound code: %v\n%s", pkg, err, out)
		}
	}
}

// run reports for each of its tests how it caught the mutation.
func (m mutation) run(t *testing.T) (verdicts []string) {
	overlay, err := m.overlay(t.TempDir())
	if err != nil {
		t.Error(err)
		return []string{"does not apply"}
	}
	for _, to := range m.tests {
		begun := time.Now()
		out, err := goTest(to, overlay, brokenTimeout)
		how, caught := verdict(out, err)
		if !caught {
			t.Errorf("%s (%s): %s %s: %s\n%s", m.name, m.change, to.pkg, to.run, how, out)
		}
		verdicts = append(verdicts, fmt.Sprintf("%s by %s %s in %v", how, to.pkg, to.run, time.Since(begun).Round(100*time.Millisecond)))
	}
	return verdicts
}

// verdict tells a failed test from code that does not compile and from tests that notice nothing.
func verdict(out string, err error) (how string, caught bool) {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return "NOT CAUGHT", false
	case !errors.As(err, &exit):
		return "NOT RUN: " + err.Error(), false
	case strings.Contains(out, "[build failed]") || strings.Contains(out, "[setup failed]"):
		return "DOES NOT COMPILE", false
	case strings.Contains(out, "panic: test timed out"):
		return "hangs, caught", true
	case strings.Contains(out, "panic: deadlock"):
		return "deadlock caught", true
	case strings.Contains(out, "panic: ") || strings.Contains(out, "fatal error: "):
		return "panic caught", true
	case strings.Contains(out, "--- FAIL"):
		return "caught", true
	}
	return "FAILS FOR ANOTHER REASON", false
}

func goTest(to target, overlay string, limit time.Duration) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit+3*time.Minute) // for the compiler
	defer cancel()
	args := []string{"test", "-count=1", "-short", "-vet=off", "-timeout", limit.String(), "-run", to.run}
	if overlay != "" {
		args = append(args, "-overlay", overlay)
	}
	cmd := exec.CommandContext(ctx, "go", append(args, to.pkg)...)
	cmd.Dir = root
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// overlay writes the changed files and the list of them for go test -overlay into a directory, and returns the list.
func (m mutation) overlay(dir string) (string, error) {
	changed := map[string]string{}
	for _, e := range m.edits {
		file, err := filepath.Abs(filepath.Join(root, e.file))
		if err != nil {
			return "", err
		}
		text, ok := changed[file]
		if !ok {
			b, err := os.ReadFile(file)
			if err != nil {
				return "", err
			}
			text = string(b)
		}
		if n := strings.Count(text, e.old); n != 1 {
			return "", fmt.Errorf("%s: the old text occurs %d times in %s", m.name, n, e.file)
		}
		changed[file] = strings.Replace(text, e.old, e.new, 1)
	}
	list := struct{ Replace map[string]string }{map[string]string{}}
	for file, text := range changed {
		list.Replace[file] = filepath.Join(dir, fmt.Sprintf("%d.go", len(list.Replace)))
		if err := os.WriteFile(list.Replace[file], []byte(text), 0o600); err != nil {
			return "", err
		}
	}
	b, err := json.Marshal(list)
	if err != nil {
		return "", err
	}
	name := filepath.Join(dir, "overlay.json")
	return name, os.WriteFile(name, b, 0o600)
}

func readMutations(t *testing.T) (all []mutation) {
	t.Helper()
	files, err := filepath.Glob("testdata/mutations/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no mutations: %v", err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		m, err := parseMutation(strings.TrimSuffix(filepath.Base(file), ".txt"), string(b))
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all = append(all, m)
	}
	return all
}

// parseMutation reads "key: value" lines, and then edits: "--- file", the old text, "+++", the new text, which may both
// begin and end within a line.
func parseMutation(name, text string) (mutation, error) {
	m := mutation{name: name}
	head, body, _ := strings.Cut("\n"+text, "\n--- ")
	for line := range strings.Lines(head) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch key {
		case "":
		case "invariant":
			m.invariant = value
		case "change":
			m.change = value
		case "test":
			pkg, run, _ := strings.Cut(value, " ")
			m.tests = append(m.tests, target{pkg, run})
		default:
			return m, fmt.Errorf("unknown key %q", key)
		}
	}
	for part := range strings.SplitSeq(body, "\n--- ") {
		file, change, _ := strings.Cut(part, "\n")
		before, after, ok := strings.Cut(change, "+++\n")
		if !ok {
			return m, fmt.Errorf("no +++ in the edit of %q", file)
		}
		m.edits = append(m.edits, edit{file, strings.TrimSuffix(before, "\n"), strings.TrimRight(after, "\n")})
	}
	if m.invariant == "" || m.change == "" || len(m.tests) == 0 {
		return m, errors.New("invariant, change or test is missing")
	}
	return m, nil
}
