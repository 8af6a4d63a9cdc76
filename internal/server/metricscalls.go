package server

import (
	"bytes"
	"context"
	"errors"
	"net"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocppj"
)

// otherLabel stands for values of a label that are not in its list.
const otherLabel = "other"

// callOutcome is how a request ended, in either direction.
type callOutcome uint8

const (
	callAnswered   callOutcome = iota // CALLRESULT; a SEND that was taken
	callRefused                       // CALLERROR that was meant
	callFailed                        // inbound: InternalError; outbound: anything else
	callUnanswered                    // inbound: no answer on purpose
	callTimeout                       // outbound: no answer in time
	callCanceled                      // outbound: the caller gave up
	callLost                          // outbound: the connection ended before the answer
	callUnsent                        // outbound: nothing was sent
	callOutcomes
)

// outcomesOf are those that a direction has, out and in.
var outcomesOf = [...][]callOutcome{
	{callAnswered, callRefused, callFailed, callTimeout, callCanceled, callLost, callUnsent},
	{callAnswered, callRefused, callFailed, callUnanswered},
}

var callOutcomeNames = [callOutcomes]string{"answered", "refused", "failed", "unanswered", "timeout", "canceled", "lost", "unsent"}

// String returns the outcome in a word.
func (o callOutcome) String() string { return callOutcomeNames[o] }

// callMetrics are those of one action, out and in. Their series exist from the first use on: most actions are never used.
type callMetrics [2]struct {
	once     sync.Once
	seconds  prometheus.Observer
	outcomes [callOutcomes]prometheus.Counter
	make     func(outcomes *[callOutcomes]prometheus.Counter) prometheus.Observer
}

// callBuckets are in seconds: an answer waits for a commit of some milliseconds, a station may take a minute.
func callBuckets() []float64 {
	return []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60}
}

func (m *metrics) describeCalls(protocols []*ocpp.Protocol) {
	seconds := m.histograms("chargeyard_call_seconds", "How long requests took: in is from the beginning of their handling to the answer, out from the question to the answer of the station, the wait for its turn included.", callBuckets(), "action", "direction")
	outcomes := m.counters("chargeyard_calls_total", "Requests, by how they ended; in is from stations.", "action", "direction", "outcome")
	m.codes = m.counters("chargeyard_call_errors_total", "CALLERRORs by code; in is the answer to a request of a station.", "direction", "code")
	m.calls = map[string]*callMetrics{}
	add := func(action string) {
		c := &callMetrics{}
		for i, direction := range directions {
			c[i].make = func(list *[callOutcomes]prometheus.Counter) prometheus.Observer {
				for _, o := range outcomesOf[i] {
					list[o] = outcomes.WithLabelValues(action, direction, o.String())
				}
				return seconds.WithLabelValues(action, direction)
			}
		}
		m.calls[action] = c
	}
	for _, p := range protocols {
		for info := range p.Actions() {
			if m.calls[info.Name] == nil {
				add(info.Name)
			}
		}
	}
	add(otherLabel)
}

// intercept is an ocpp.Interceptor.
func (m *metrics) intercept(ctx context.Context, x *ocpp.Exchange, req any, next ocpp.Next) (any, error) {
	begun := time.Now()
	resp, err := next(ctx, req)
	m.called(x, time.Since(begun), err)
	return resp, err
}

func (m *metrics) called(x *ocpp.Exchange, took time.Duration, err error) {
	action, known := m.calls[x.Action.Name]
	if !known {
		action = m.calls[otherLabel]
	}
	direction := 0
	if x.Inbound {
		direction = 1
	}
	c := &action[direction]
	c.once.Do(func() { c.seconds = c.make(&c.outcomes) })
	c.seconds.Observe(took.Seconds())
	outcome := endOf(x, err)
	c.outcomes[outcome].Inc()
	if outcome == callRefused && !x.Inbound { // those of this end are counted when they go out, with those that no handler saw
		m.codes.WithLabelValues("out", codeLabel(err)).Inc()
	}
}

// endOf says how an exchange ended.
func endOf(x *ocpp.Exchange, err error) callOutcome {
	switch {
	case err == nil:
		return callAnswered
	case x.Inbound:
		return inboundEnd(err)
	}
	return outboundEnd(err)
}

func inboundEnd(err error) callOutcome {
	if errors.Is(err, csms.ErrNoAnswer) {
		return callUnanswered
	}
	if refusal, ok := errors.AsType[*ocpp.Error](err); ok && !refusal.FromPeer {
		return callRefused
	}
	return callFailed
}

// outboundEnd looks at what wraps others first.
func outboundEnd(err error) callOutcome {
	switch {
	case is[*ocppj.AnswerError](err):
		return callFailed
	case ocpp.Remote(err):
		return callRefused
	case is[*ocppj.TimeoutError](err):
		return callTimeout
	case ocpp.SafeToRetry(err):
		return callUnsent
	case is[*ocppj.CanceledError](err):
		return callCanceled
	case errors.Is(err, net.ErrClosed):
		return callLost
	}
	return callFailed
}

func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

// codeLabel returns the code of a CALLERROR if the specification has it.
func codeLabel(err error) string {
	refusal, ok := errors.AsType[*ocpp.Error](err)
	if !ok {
		return otherLabel
	}
	return knownCode(string(refusal.Code))
}

func knownCode(text string) string {
	if code, known := ocpp.ParseCode(text); known {
		return string(code)
	}
	return otherLabel
}

// countRefusal counts a frame of ours if it is a CALLERROR: [4,"id","code",...
func (m *metrics) countRefusal(frame []byte) {
	rest, ok := bytes.CutPrefix(frame, []byte(`[4,"`))
	if !ok {
		return
	}
	end := endOfText(rest)
	rest, ok = bytes.CutPrefix(rest[end:], []byte(`","`))
	if code, _, whole := bytes.Cut(rest, []byte(`"`)); ok && whole {
		m.codes.WithLabelValues("in", knownCode(string(code))).Inc()
	}
}

// endOfText returns where the closing quote of a JSON string is, or the end of the bytes.
func endOfText(b []byte) int {
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return len(b)
}
