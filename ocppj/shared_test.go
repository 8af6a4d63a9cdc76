package ocppj_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocppj"
)

type nameKey struct{}

// ends collects what one of several sessions with shared options sends, and answers what it asks.
type ends struct {
	frames  []string
	refusal *ocpp.Error
}

func (e *ends) Send(frame []byte) error {
	e.frames = append(e.frames, string(frame))
	return nil
}

func (*ends) ReadOn() bool { return false }

func (*ends) Route(string) (ocppj.Route, bool) {
	return ocppj.Route{Handle: func(ctx context.Context, _ any) (any, error) {
		return &ocpp16.DataTransferResponse{Status: ocpp16.DataTransferStatusAccepted, Data: ocpp.Some(ctx.Value(nameKey{}).(string))}, nil
	}}, true
}

func (e *ends) Gate(*ocpp.Exchange) *ocpp.Error { return e.refusal }

func (*ends) SendGate(*ocpp.Exchange) error { return nil }

// Sessions that share their options have their own link, context, policy, answers and events.
func TestSessionsThatShareOptions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shared, err := ocppj.Share(ocppj.Options{End: ocpp.CSMSEnd})
		if err != nil {
			t.Fatal(err)
		}
		var told []string
		events := func(name string) *ocppj.Events {
			return &ocppj.Events{Refused: func(action, _ string, err *ocpp.Error) { told = append(told, name+" "+action+" "+string(err.Code)) }}
		}
		open := func(e *ends, name string, policy ocpp.Policy) *ocppj.Session {
			s, err := shared.New(ocppj.Own{
				Protocol: ocpp16.Protocol, Link: e, Identity: name, Policy: policy, Events: events(name),
				Context: context.WithValue(context.Background(), nameKey{}, name),
			})
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		a, b, c := &ends{}, &ends{refusal: ocpp.Errorf(ocpp.SecurityError, "no")}, &ends{}
		first, second, third := open(a, "A", ocpp.Strict), open(b, "B", 0), open(c, "C", 0)
		for _, s := range []*ocppj.Session{first, second, third} {
			if err := s.Receive([]byte(`[2,"1","DataTransfer",{"vendorId":"v","more":1}]`)); err != nil {
				t.Error(err)
			}
			synctest.Wait()
		}
		got := strings.Join(slices.Concat(a.frames, b.frames, c.frames, told), "\n")
		if want := `[4,"1","FormationViolation","/more: is not a known property",{}]
[4,"1","SecurityError","no",{}]
[3,"1",{"status":"Accepted","data":"C"}]
A DataTransfer FormatViolation
B DataTransfer SecurityError`; got != want || second.Identity() != "B" {
			t.Errorf("got\n%s\nwant\n%s\nand %q is B", got, want, second.Identity())
		}
		for _, s := range []*ocppj.Session{first, second, third} {
			s.Close(nil)
			s.Wait()
		}
	})
}

func TestShareAndNewWantTheirOptions(t *testing.T) {
	if _, err := ocppj.Share(ocppj.Options{}); err == nil {
		t.Error("options without an end are shared")
	}
	shared, err := ocppj.Share(ocppj.Options{End: ocpp.CSMSEnd})
	if err != nil {
		t.Fatal(err)
	}
	for _, own := range []ocppj.Own{{Protocol: ocpp16.Protocol}, {Link: &ends{}}} {
		if _, err := shared.New(own); err == nil {
			t.Errorf("a session is made of %+v", own)
		}
	}
}
