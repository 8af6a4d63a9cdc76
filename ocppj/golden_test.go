package ocppj_test

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocppj"
	"github.com/chargeyard/chargeyard/ocpptest"
)

// TestConversations plays the conversations of testdata against both ends.
func TestConversations(t *testing.T) {
	files, err := filepath.Glob("testdata/conversations/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("there are no conversations", err)
	}
	for _, file := range files {
		script, err := ocpptest.ReadScript(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, tested := range []ocpp.End{ocpp.CSMSEnd, ocpp.StationEnd} {
			if script.Tests&tested != 0 {
				t.Run(filepath.Base(file)+"/"+tested.String(), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) { converse(t, script, tested) })
				})
			}
		}
	}
}

// partner is a session that a script talks to.
type partner struct {
	t       *testing.T
	s       *ocppj.Session
	said    chan string
	answers map[string][]json.RawMessage
}

func converse(t *testing.T, script *ocpptest.Script, tested ocpp.End) {
	p := &partner{t: t, said: make(chan string, 100), answers: script.Answers(tested)}
	r := newRig(t, script.Version, func(o *ocppj.Options) {
		o.End = tested
		o.Route = p.route
		o.Send = func(frame []byte) error { p.said <- string(frame); return nil }
	})
	p.s = r.s
	if err := script.Run(tested.Other(), p, p.prompt); err != nil {
		t.Error(err)
	}
	synctest.Wait()
	if len(p.said) > 0 {
		t.Errorf("it said more: %s", <-p.said)
	}
}

func (p *partner) SendText(text string) error {
	defer synctest.Wait() // a message is handled before the next one comes
	return p.s.Receive([]byte(text))
}

func (p *partner) ReadText() (string, error) {
	select {
	case text := <-p.said:
		return text, nil
	case <-time.After(time.Second): // of the bubble
		return "", errors.New("it says nothing")
	}
}

// route answers what the script says.
func (p *partner) route(action string) (ocppj.Route, bool) {
	info, known := p.s.Protocol().Action(action)
	if !known || info.Kind == ocpp.KindCall && p.answers[action] == nil {
		return ocppj.Route{}, false
	}
	return ocppj.Route{Handle: func(context.Context, any) (any, error) {
		if info.Kind == ocpp.KindSend {
			return nil, nil
		}
		list := p.answers[action]
		if len(list) > 1 {
			p.answers[action] = list[1:]
		}
		resp := info.NewResponse()
		return resp, json.Unmarshal(list[0], resp)
	}}, true
}

// prompt makes the session say what the script expects.
func (p *partner) prompt(m ocpptest.Message) {
	info, _ := p.s.Protocol().Action(m.Action)
	req := info.NewRequest()
	if err := json.Unmarshal(m.Payload, req); err != nil {
		p.t.Error(err)
	}
	if m.Type == ocppj.TypeSend {
		if err := p.s.SendMessage(p.t.Context(), req.(ocpp.Send)); err != nil {
			p.t.Error(err)
		}
		return
	}
	go func() {
		action := ocpp.Action{Version: p.s.Version(), Name: m.Action}
		_, err := p.s.Do(context.Background(), action, req, info.NewResponse)
		p.t.Logf("%s: %v", m.Action, err) // the errors have tests of their own
	}()
}
