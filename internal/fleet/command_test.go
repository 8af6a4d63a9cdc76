package fleet_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"pgregory.net/rapid"
)

func queuedCommand(action string) fleet.Command {
	return fleet.Command{
		ID: "c", Station: "A", Version: "1.6", Action: action, Payload: []byte(`{}`), Lane: fleet.LanePeople,
		CreatedAt: noonOfCommands, ExpiresAt: noonOfCommands.Add(time.Hour), State: fleet.StateQueued,
	}
}

var noonOfCommands = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

// commandTransitions are all changes of a command, each as it would be done by somebody who takes the command for what it is.
func commandTransitions(c fleet.Command, now time.Time) map[string]func() (fleet.Command, error) {
	return map[string]func() (fleet.Command, error){
		"send":    func() (fleet.Command, error) { return c.Send(7, "m", now) },
		"unsend":  func() (fleet.Command, error) { return c.Unsend(c.MessageID, "d") },
		"answer":  func() (fleet.Command, error) { return c.Answer(c.MessageID, []byte(`{}`), now) },
		"garble":  func() (fleet.Command, error) { return c.Garble(c.MessageID, "d", now) },
		"refuse":  func() (fleet.Command, error) { return c.Refuse(c.MessageID, "NotSupported", "d", now) },
		"timeout": func() (fleet.Command, error) { return c.TimeOut(c.MessageID, "d", now) },
		"lose":    func() (fleet.Command, error) { return c.Lose(c.MessageID, "d", now) },
		"cancel":  func() (fleet.Command, error) { return c.Cancel("d", now) },
		"deny":    func() (fleet.Command, error) { return c.Deny("d", now) },
		"expire":  func() (fleet.Command, error) { return c.Expire(now) },
	}
}

func TestCommandsChangeOnlyAsTheyMay(t *testing.T) {
	within, over := noonOfCommands.Add(time.Minute), noonOfCommands.Add(time.Hour)
	for _, c := range []struct {
		from fleet.CommandState
		now  time.Time
		may  string // transition:state ...
	}{
		{fleet.StateQueued, within, "send:sent cancel:canceled deny:invalid"},
		{fleet.StateQueued, over, "cancel:canceled deny:invalid expire:expired"},
		{fleet.StateSent, within, "unsend:queued answer:answered garble:answered refuse:refused timeout:timeout lose:unknown"},
		{fleet.StateSent, over, "unsend:queued answer:answered garble:answered refuse:refused timeout:timeout lose:unknown"},
		{fleet.StateAnswered, over, ""},
		{fleet.StateRefused, over, ""},
		{fleet.StateTimeout, over, ""},
		{fleet.StateUnknown, over, ""},
		{fleet.StateExpired, over, ""},
		{fleet.StateCanceled, over, ""},
		{fleet.StateInvalid, over, ""},
	} {
		command := queuedCommand("Reset")
		command.State, command.MessageID = c.from, "m"
		if c.from == fleet.StateSent {
			command.Attempts = 1
		}
		for name, change := range commandTransitions(command, c.now) {
			got, err := change()
			want := ""
			for may := range strings.FieldsSeq(c.may) {
				if state, ok := strings.CutPrefix(may, name+":"); ok {
					want = state
				}
			}
			switch {
			case want == "" && (err == nil || fmt.Sprint(got) != fmt.Sprint(command)):
				t.Errorf("%s of a command that is %s: %s, %v", name, c.from, got.State, err)
			case want != "" && (err != nil || string(got.State) != want):
				t.Errorf("%s of a command that is %s: %s, %v, want %s", name, c.from, got.State, err, want)
			case want != "" && got.State.Final() == got.EndedAt.IsZero():
				t.Errorf("%s: ended at %v", name, got.EndedAt)
			}
		}
	}
}

func TestAnAnswerToAnEarlierAttemptChangesNothing(t *testing.T) {
	c := queuedCommand("GetConfiguration")
	c, _ = c.Send(1, "first", noonOfCommands)
	c, _ = c.Lose("first", "gone", noonOfCommands)
	c, err := c.Send(2, "second", noonOfCommands)
	if err != nil || c.Attempts != 2 {
		t.Fatalf("%+v, %v", c, err)
	}
	if _, err := c.Answer("first", []byte(`{}`), noonOfCommands); !errors.Is(err, fleet.ErrCommandState) {
		t.Errorf("answer to the first message: %v", err)
	}
	if c, err := c.Answer("second", []byte(`{}`), noonOfCommands); err != nil || c.State != fleet.StateAnswered {
		t.Errorf("%+v, %v", c, err)
	}
}

// What setting repeats would undo what was set meanwhile, and what acts twice is done twice.
func TestOnlyWhatChangesNothingIsRepeated(t *testing.T) {
	for _, yes := range []string{"1.6 GetConfiguration", "2.0.1 GetVariables", "2.1 GetVariables", "2.1 GetTariffs", "2.0.1 GetBaseReport"} {
		if version, action, _ := strings.Cut(yes, " "); fleet.Repeatable(version, action) == "" {
			t.Errorf("%s is not repeated", yes)
		}
	}
	for _, no := range []string{
		"1.6 Reset", "1.6 ChangeConfiguration", "1.6 RemoteStartTransaction", "1.6 GetDiagnostics", "1.6 GetVariables", "1.6 TriggerMessage",
		"2.0.1 SetVariables", "2.0.1 GetLog", "2.0.1 GetTariffs", "2.1 RequestStartTransaction", " GetConfiguration",
	} {
		if version, action, _ := strings.Cut(no, " "); fleet.Repeatable(version, action) != "" {
			t.Errorf("%s is repeated", no)
		}
	}
}

func TestTheSameRequestIsRecognised(t *testing.T) {
	a := queuedCommand("Reset")
	a.Payload = []byte(`{"type":"Hard","n":1.0}`)
	b := a
	b.ID, b.Payload, b.CreatedAt = "d", []byte(` { "n" : 1.0, "type" : "Hard" }`), noonOfCommands.Add(time.Second)
	if !a.SameRequest(b) {
		t.Error("white space and order make a difference")
	}
	for what, other := range map[string]func(*fleet.Command){
		"station": func(c *fleet.Command) { c.Station = "B" },
		"action":  func(c *fleet.Command) { c.Action = "ClearCache" },
		"payload": func(c *fleet.Command) { c.Payload = []byte(`{"type":"Hard","n":1.00}`) },
		"lane":    func(c *fleet.Command) { c.Lane = fleet.LaneBulk },
	} {
		c := b
		if other(&c); a.SameRequest(c) {
			t.Errorf("another %s makes no difference", what)
		}
	}
}

// A verb has new numbers and times each time that it becomes a request: what counts is what was wanted.
func TestTheSameVerbIsRecognised(t *testing.T) {
	a := queuedCommand("")
	a.Verb, a.Arguments = "report-base", []byte(`{"base":"full"}`)
	b := a.Become("2.1", "GetBaseReport", []byte(`{"requestId":7}`))
	b.Arguments = []byte(` {"base" : "full"} `)
	if !a.SameRequest(b) || b.Version != "2.1" || b.Action != "GetBaseReport" {
		t.Errorf("what it became makes a difference: %+v", b)
	}
	other := b
	other.Arguments = []byte(`{"base":"summary"}`)
	call := queuedCommand("GetBaseReport")
	call.Payload = b.Payload
	if a.SameRequest(other) || a.SameRequest(call) || call.SameRequest(a) {
		t.Error("other arguments, or a request of its own, make no difference")
	}
	if call.Become("2.1", "Reset", nil).Action != "GetBaseReport" {
		t.Error("what is no verb becomes something else")
	}
}

// What is kept of a verb is all that somebody has said.
func TestVerbsAreKeptAsTheyAre(t *testing.T) {
	for _, kind := range fleet.VerbKinds() {
		want := kind.New()
		if err := json.Unmarshal([]byte(kind.Example), want); err != nil {
			t.Fatal(err)
		}
		arguments, err := fleet.VerbArguments(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := fleet.KeptVerb(kind.Name, arguments)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %s becomes %+v, want %+v: %v", kind.Name, arguments, got, want, err)
		}
	}
	if _, err := fleet.KeptVerb("dance", []byte(`{}`)); err == nil {
		t.Error("there is a verb dance")
	}
}

func TestTheStatusOfAnAnswer(t *testing.T) {
	for answer, want := range map[string]string{
		`{"status":"Accepted"}`: "Accepted", `{}`: "", `[]`: "", `{"status":7}`: "", `{"configurationKey":[{"key":"a"}]}`: "",
		`{"setVariableResult":[{"attributeStatus":"Accepted"},{"attributeStatus":"Accepted"}]}`:                "Accepted",
		`{"setVariableResult":[{"attributeStatus":"Accepted"},{"attributeStatus":"Rejected"}]}`:                fleet.StatusMixed,
		`{"setVariableResult":[{"attributeStatus":"UnknownVariable"},{"attributeStatus":"UnknownComponent"}]}`: fleet.StatusMixed,
	} {
		if got := fleet.AnswerStatus([]byte(answer)); got != want {
			t.Errorf("%s: %q, want %q", answer, got, want)
		}
	}
}

// Whatever happens in whatever order, a command tells no lie: the model is what the station saw.
func TestCommandsTellNoLies(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := queuedCommand(rapid.SampledFrom([]string{"Reset", "GetConfiguration"}).Draw(t, "action"))
		c.ExpiresAt = noonOfCommands.Add(time.Duration(rapid.IntRange(1, 20).Draw(t, "minutes")) * time.Minute)
		now, delivered, wire := noonOfCommands, 0, false // wire: the CALL of the attempt has left
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "later")) * time.Minute)
			before := c
			event := rapid.SampledFrom([]string{"send", "leave", "answer", "refuse", "timeout", "lose", "crash", "unsend", "cancel", "deny", "expire"}).Draw(t, "event")
			switch event {
			case "leave": // the CALL goes out, after the commit of sent and never before
				if c.State == fleet.StateSent && !wire {
					wire = true
					delivered++
				}
			case "crash":
				c = c.Recover(now)
			case "unsend", "answer", "refuse", "timeout":
				if wire == (event != "unsend") {
					c, _ = commandTransitions(c, now)[event]()
				}
			default:
				c, _ = commandTransitions(c, now)[event]()
			}
			if c.State != fleet.StateSent {
				wire = false
			}
			judgeCommand(t, before, c, delivered, now)
		}
	})
}

func judgeCommand(t *rapid.T, before, c fleet.Command, delivered int, now time.Time) {
	switch {
	case before.State.Final() && fmt.Sprint(c) != fmt.Sprint(before):
		t.Fatalf("%s became %s", before.State, c.State)
	case (c.State == fleet.StateExpired || c.State == fleet.StateCanceled || c.State == fleet.StateInvalid) && delivered > 0:
		t.Fatalf("%s, but it was delivered", c.State)
	case (c.State == fleet.StateAnswered || c.State == fleet.StateRefused) && delivered == 0:
		t.Fatalf("%s, but it was not delivered", c.State)
	case c.State == fleet.StateSent && before.State != fleet.StateSent && !now.Before(c.ExpiresAt):
		t.Fatal("sent after its time")
	case delivered > 1 && c.Action == "Reset":
		t.Fatal("a Reset was delivered twice")
	case delivered > c.Attempts || c.Attempts > fleet.MaxCommandAttempts:
		t.Fatalf("delivered %d times, %d attempts", delivered, c.Attempts)
	}
}
