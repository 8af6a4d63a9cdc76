package server

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/httpapi"
	"github.com/chargeyard/chargeyard/internal/stack"
	"github.com/chargeyard/chargeyard/ocppj"
)

// maxBulks is how many bulk commands may be under way at once. Each has as many goroutines as stations that it asks at
// once.
const maxBulks = 4

// Bulk asks every selected station for the same thing, a bounded number at a time, and counts what they did. Stations
// are not waited for by one another, except through that number.
func (c *commands) Bulk(ctx context.Context, b httpapi.Bulk) (httpapi.BulkResult, error) {
	if c.bulks.Add(1) > maxBulks {
		c.bulks.Add(-1)
		return httpapi.BulkResult{}, &httpapi.CommandError{
			Outcome: httpapi.CommandBusy, Detail: "as many bulk commands as may be are under way already; nothing was sent",
		}
	}
	defer c.bulks.Add(-1)
	if b.Verb != nil {
		if err := translatable(b.Verb); err != nil {
			return httpapi.BulkResult{}, err
		}
	}
	ids, err := c.selected(ctx, b.Select)
	if err != nil {
		return httpapi.BulkResult{}, err
	}
	run := &bulkRun{commands: c, Bulk: b, tally: newTally(b), records: newRecorder(c.store, len(ids)), payload: redact(b.Payload)}
	run.askAll(ctx, ids)
	log := c.log.With("action", b.Action, "verb", run.tally.counts.Verb)
	run.records.finish(log)
	result := run.tally.result()
	log.Info("bulk command", "selected", result.Selected, "sent", result.Sent,
		"answered", result.Answered, "took", time.Duration(result.Seconds*float64(time.Second)))
	return result, nil
}

// bulkRun is one bulk command under way.
type bulkRun struct {
	*commands
	httpapi.Bulk
	tally   *tally
	records *recorder
	payload json.RawMessage // without secrets
	next    atomic.Int64    // index of the next station
}

// askAll returns when every station has answered or failed, or, soon, when ctx has ended.
func (r *bulkRun) askAll(ctx context.Context, ids []string) {
	r.tally.begin(len(ids))
	var workers sync.WaitGroup
	for range min(r.Concurrency, len(ids)) {
		workers.Go(func() {
			stack.Grow()
			for i := r.next.Add(1); i <= int64(len(ids)); i = r.next.Add(1) {
				r.ask(ctx, ids[i-1])
			}
		})
	}
	workers.Wait()
	r.tally.end()
}

// ask sends the request to one station, notes the answer or what happened instead, and has it put on record.
func (r *bulkRun) ask(ctx context.Context, id string) {
	st, online := r.csms.Station(id)
	if !online {
		r.tally.fail(id, httpapi.CommandError{Outcome: httpapi.CommandOffline, Detail: "the station is not connected; nothing was sent"})
		return
	}
	if !r.tally.admits(st, r.Bulk) {
		return
	}
	cmd, record, err := r.command(ctx, st)
	if err != nil {
		r.tally.refuse(st, err)
		return
	}
	begun := time.Now()
	response, err := r.call(ctx, st, cmd)
	if failed := bulkError(err); failed != nil {
		r.tally.fail(id, *failed)
		r.records.add(record, begun, response, failed)
		return
	}
	r.tally.answered(response)
	r.records.add(record, begun, response, nil)
}

// command returns what one station is sent, and what is put on record of that.
func (r *bulkRun) command(ctx context.Context, st *csms.Station) (cmd, record httpapi.Command, err error) {
	cmd = httpapi.Command{Station: st.Identity(), Action: r.Action, Payload: r.Payload}
	record = cmd
	record.Payload = r.payload
	if r.Verb == nil {
		return cmd, record, nil
	}
	if list, ok := r.Verb.(*fleet.SendLocalListRequest); ok {
		if err := r.oneMessage(ctx, st, list); err != nil {
			return cmd, record, err
		}
	}
	if cmd.Action, cmd.Payload, err = r.instruct(ctx, cmd.Station, st.Version(), r.Verb); err != nil {
		return cmd, record, err
	}
	if err := st.Check(cmd.Action, cmd.Payload); err != nil {
		return cmd, record, commandError(err)
	}
	record.Action, record.Payload = cmd.Action, redact(cmd.Payload)
	return cmd, record, r.withinLimits(ctx, cmd.Station, st.Version(), cmd.Action, cmd.Payload)
}

func (r *bulkRun) call(ctx context.Context, st *csms.Station, cmd httpapi.Command) (json.RawMessage, error) {
	offer, err := r.offerKey(ctx, st, cmd)
	if err != nil {
		return nil, err
	}
	waiting, cancel := context.WithTimeoutCause(ctx, r.Timeout, errGaveUp)
	defer cancel()
	response, err := st.Invoke(waiting, cmd.Action, cmd.Payload)
	r.settleKey(ctx, offer, cmd, response, err)
	return response, err
}

// outcomeFailed is what has no name of its own: nothing was sent when the bulk command was given up, or this server made
// a mistake.
const outcomeFailed httpapi.CommandOutcome = "failed"

// bulkError says why a call has no answer that is worth the name; nil when it has one.
func bulkError(err error) *httpapi.CommandError {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*httpapi.CommandError](commandError(err)); ok {
		return e
	}
	if canceled, ok := errors.AsType[*ocppj.CanceledError](err); ok && canceled.Sent {
		return &httpapi.CommandError{Outcome: httpapi.CommandTimeout, Detail: "the bulk command was given up before the answer; the station may have done it"}
	}
	return &httpapi.CommandError{Outcome: outcomeFailed, Detail: err.Error()}
}
