package server

import (
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/httpapi"
	"github.com/chargeyard/chargeyard/ocpp"
)

// maxStatuses bounds the different statuses that are counted one by one: stations may make up their own.
const (
	maxStatuses   = 32
	otherStatuses = "other"
)

// tally counts what the stations of a bulk command did. It is safe for concurrent use.
type tally struct {
	details int
	begun   time.Time

	mu       sync.Mutex // guards all below
	counts   httpapi.BulkResult
	versions map[ocpp.Version]*httpapi.BulkProblem // nil: the request is one of the version
}

func newTally(b httpapi.Bulk) *tally {
	verb := ""
	if b.Verb != nil {
		verb = b.Verb.VerbName()
	}
	return &tally{
		details:  b.Details,
		versions: map[ocpp.Version]*httpapi.BulkProblem{},
		counts: httpapi.BulkResult{
			Action: b.Action, Verb: verb, Statuses: map[string]int{},
			Problems: []httpapi.BulkProblem{}, Failures: []httpapi.BulkFailure{},
		},
	}
}

func (t *tally) begin(selected int) {
	t.counts.Selected = selected
	t.begun = time.Now()
}

func (t *tally) end() { t.counts.Seconds = time.Since(t.begun).Seconds() }

// admits reports whether the request is one of the station's version, and counts the station if it is not. The request
// is validated at the first station of each version.
func (t *tally) admits(st *csms.Station, b httpapi.Bulk) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	problem, looked := t.versions[st.Version()]
	if !looked && b.Verb == nil {
		problem = bulkProblem(st, b)
		t.versions[st.Version()] = problem
	}
	if problem == nil {
		return true
	}
	problem.Stations++
	t.counts.Invalid++
	return false
}

// refuse counts a station that cannot be asked for a verb: because its version has nothing of the kind, which is told once for
// each, or for a reason of its own.
func (t *tally) refuse(st *csms.Station, err error) {
	wrong, ok := errors.AsType[*fleet.VerbError](err)
	if !ok || wrong.Reason != fleet.VerbVersion {
		t.fail(st.Identity(), refusedVerb(err))
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	problem := t.versions[st.Version()]
	if problem == nil {
		problem = &httpapi.BulkProblem{Version: st.Version().String(), Detail: wrong.Detail, Pointer: "/verb"}
		if wrong.Argument != "" {
			problem.Pointer = "/arguments" + wrong.Argument
		}
		t.versions[st.Version()] = problem
	}
	problem.Stations++
	t.counts.Invalid++
}

// refusedVerb says why a station cannot be asked for a verb.
func refusedVerb(err error) httpapi.CommandError {
	if !saysWhy(err) {
		return httpapi.CommandError{Outcome: outcomeFailed, Detail: err.Error()}
	}
	return httpapi.CommandError{Outcome: httpapi.CommandInvalid, Detail: verbDetail(err)}
}

// bulkProblem returns nil when the request is one of the station's version.
func bulkProblem(st *csms.Station, b httpapi.Bulk) *httpapi.BulkProblem {
	err := bulkError(st.Check(b.Action, b.Payload))
	if err == nil {
		err = bulkError(lawful(st.Version(), b.Action, b.Payload))
	}
	if err == nil {
		return nil
	}
	p := &httpapi.BulkProblem{Version: st.Version().String(), Detail: err.Detail, Pointer: "/payload" + err.Pointer}
	if err.Outcome == httpapi.CommandUnknown {
		p.Pointer = "/action"
	}
	return p
}

// answered counts an answer by its status, if it has one.
func (t *tally) answered(response json.RawMessage) {
	status := fleet.AnswerStatus(response)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counts.Sent++
	t.counts.Answered++
	if status == "" {
		return
	}
	if _, known := t.counts.Statuses[status]; !known && len(t.counts.Statuses) >= maxStatuses {
		status = otherStatuses
	}
	t.counts.Statuses[status]++
}

// fail counts a station that gave no answer, and describes it while there is room.
func (t *tally) fail(station string, e httpapi.CommandError) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch e.Outcome {
	case httpapi.CommandRefused:
		t.counts.Refused++
		t.counts.Sent++
	case httpapi.CommandTimeout:
		t.counts.Timeout++
		t.counts.Sent++
	case httpapi.CommandOffline:
		t.counts.Offline++
	case httpapi.CommandInvalid, httpapi.CommandToken, httpapi.CommandProfile:
		t.counts.Invalid++
	case httpapi.CommandLost, httpapi.CommandGarbled:
		t.counts.Sent++
		t.counts.Failed++
	default:
		t.counts.Failed++
	}
	if len(t.counts.Failures) >= t.details {
		t.counts.Omitted++
		return
	}
	t.counts.Failures = append(t.counts.Failures, httpapi.BulkFailure{
		Station: station, Outcome: string(e.Outcome), Detail: e.Detail, Code: e.Code,
	})
}

// result returns the counts when all is over.
func (t *tally) result() httpapi.BulkResult {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, p := range t.versions {
		if p != nil {
			t.counts.Problems = append(t.counts.Problems, *p)
		}
	}
	slices.SortFunc(t.counts.Problems, func(a, b httpapi.BulkProblem) int { return cmp.Compare(a.Version, b.Version) })
	return t.counts
}
