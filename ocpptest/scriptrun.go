package ocpptest

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocppj"
)

// Talker carries text messages to and from the end that is tested. A *Peer is one.
type Talker interface {
	SendText(text string) error
	ReadText() (string, error) // waits for the next message
}

var _ Talker = (*Peer)(nil)

// Run plays one end of the script, the given one, against the other end, which is tested. It sends what its end says and
// compares what it reads with what the other end is to say. It returns an error that shows all differences at the
// first message that differs.
//
// When the tested end is to say a CALL or SEND, prompt is told, so that it makes it do so; it must not wait for the
// answer. Names of values in the payload have been replaced. Nil: the tested end does it on its own.
func (s *Script) Run(end ocpp.End, t Talker, prompt func(Message)) error {
	v := values{}
	for _, step := range s.Steps {
		if err := s.runStep(v, step, end, t, prompt); err != nil {
			return fmt.Errorf("ocpptest: %s:%d: %w", s.Name, step.Line, err)
		}
	}
	return nil
}

func (s *Script) runStep(v values, step Step, end ocpp.End, t Talker, prompt func(Message)) error {
	switch step.From {
	case 0:
		time.Sleep(step.Wait)
		return nil
	case end:
		return t.SendText(v.fill(step.Text))
	}
	if m, ok := step.Message(); ok && prompt != nil && m.Type != ocppj.TypeCallResult {
		m.Payload = json.RawMessage(v.fill(string(m.Payload)))
		prompt(m)
	}
	got, err := t.ReadText()
	if err != nil {
		return fmt.Errorf("instead of %s: %w", step.Text, err)
	}
	if list := v.differences(step.Text, got); len(list) > 0 {
		return fmt.Errorf("the %s said\n\t%s\ninstead of\n\t%s\ndifferences:\n\t%s",
			step.From, got, step.Text, strings.Join(list, "\n\t"))
	}
	return nil
}

// Answers returns the results that one end gives in the script, for each action in order, with new values for the
// names of values: what the handlers of a tested end may answer.
func (s *Script) Answers(end ocpp.End) map[string][]json.RawMessage {
	actions := map[string]string{} // by message id
	answers := map[string][]json.RawMessage{}
	for _, step := range s.Steps {
		m, ok := step.Message()
		switch {
		case !ok:
		case m.Type == ocppj.TypeCall && step.From != end:
			actions[m.ID] = m.Action
		case m.Type == ocppj.TypeCallResult && step.From == end:
			action := actions[m.ID]
			answers[action] = append(answers[action], json.RawMessage(values{}.fill(string(m.Payload))))
		}
	}
	return answers
}
