package ocpptest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocppj"
)

// Script is a conversation between a charging station and a CSMS, as text: which end says what, in order. Run plays
// one end of it against the real other end, so that one script tests both ends.
//
//	# A line that begins with # is a comment.
//	version 1.6
//	tests csms
//	station [2,"$id","Authorize",{"idTag":"$tag"}]
//	csms    [3,"$id",{"idTagInfo":
//	          {"status":"Accepted"}}]
//	wait 30s
//
// "version" is required and comes first. "tests" says that only this end can be tested by the script, because the
// other one says what no real end would. "wait" waits; use it in a testing/synctest bubble. An indented line continues
// the one before it.
//
// A string that is "$" and a name stands for a value. The first time that it is expected it matches any value
// that fits its name, which it has from then on; the first time that it is sent it gets a new one. Names that begin
// with "time" are date-times (RFC 3339), with "int" integers, and others strings of 1 to 36 characters, such as
// message ids; new ones have 20. "$any" matches every value each time.
//
// Expected messages are compared as JSON: white space and the order of members do not matter.
//
// A Script is immutable and safe for concurrent use.
type Script struct {
	Name    string       // for error messages: the path of the file
	Version ocpp.Version // of the conversation
	Tests   ocpp.End     // the ends that it can test
	Steps   []Step
}

// Step is one line of a Script: a message, or a wait.
type Step struct {
	Line int           // in the file, from 1
	From ocpp.End      // who says it; 0 for a wait
	Text string        // as in the file, continuations joined
	Wait time.Duration // 0 for a message
}

// Message is what a Step says, as far as it is a well-formed message. Strings may be names of values.
type Message struct {
	Type    ocppj.MessageType
	ID      string
	Action  string          // of a CALL or SEND
	Payload json.RawMessage // nil for errors
}

// ReadScript reads a script from a file.
func ReadScript(path string) (*Script, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("ocpptest: %w", err)
	}
	return ParseScript(path, text)
}

// ParseScript reads a script. The name appears in errors.
func ParseScript(name string, text []byte) (*Script, error) {
	s := &Script{Name: name, Tests: ocpp.StationEnd | ocpp.CSMSEnd}
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		if err := s.parseLine(n, lines.Text()); err != nil {
			return nil, fmt.Errorf("ocpptest: %s:%d: %w", name, n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("ocpptest: %s: %w", name, err)
	}
	if s.Version == 0 {
		return nil, fmt.Errorf("ocpptest: %s: there is no version", name)
	}
	return s, nil
}

func (s *Script) parseLine(n int, line string) error {
	trimmed := strings.TrimSpace(line)
	switch {
	case trimmed == "" || strings.HasPrefix(trimmed, "#"):
		return nil
	case line[0] == ' ' || line[0] == '\t':
		return s.continueLine(trimmed)
	}
	verb, rest, _ := strings.Cut(trimmed, " ")
	return s.parseVerb(Step{Line: n, Text: strings.TrimSpace(rest)}, verb)
}

func (s *Script) continueLine(more string) error {
	if len(s.Steps) == 0 || s.Steps[len(s.Steps)-1].From == 0 {
		return fmt.Errorf("there is no message to continue")
	}
	s.Steps[len(s.Steps)-1].Text += more
	return nil
}

func (s *Script) parseVerb(step Step, verb string) error {
	var ok bool
	var err error
	switch verb {
	case "version":
		if s.Version, ok = ocpp.ParseVersion(step.Text); !ok {
			return fmt.Errorf("unknown version %q", step.Text)
		}
		return nil
	case "tests":
		if s.Tests, ok = endNamed(step.Text); !ok {
			return fmt.Errorf("unknown end %q", step.Text)
		}
		return nil
	case "wait":
		if step.Wait, err = time.ParseDuration(step.Text); err != nil {
			return err
		}
	default:
		if step.From, ok = endNamed(verb); !ok {
			return fmt.Errorf("unknown verb %q", verb)
		}
	}
	s.Steps = append(s.Steps, step)
	return nil
}

func endNamed(name string) (ocpp.End, bool) {
	switch name {
	case "station":
		return ocpp.StationEnd, true
	case "csms":
		return ocpp.CSMSEnd, true
	}
	return 0, false
}

// Message returns what the step says. It reports false for what is no well-formed CALL, CALLRESULT or SEND.
func (s Step) Message() (Message, bool) {
	var elements []json.RawMessage
	var m Message
	if json.Unmarshal([]byte(s.Text), &elements) != nil || len(elements) < 3 ||
		json.Unmarshal(elements[0], &m.Type) != nil || json.Unmarshal(elements[1], &m.ID) != nil {
		return m, false
	}
	switch m.Type {
	case ocppj.TypeCall, ocppj.TypeSend:
		if len(elements) != 4 || json.Unmarshal(elements[2], &m.Action) != nil {
			return m, false
		}
		m.Payload = elements[3]
	case ocppj.TypeCallResult:
		m.Payload = elements[2]
	default:
		return m, false
	}
	return m, true
}
