package sqlite

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// openJob is a job that a status may belong to.
type openJob struct {
	number  int64
	steps   int64
	status  string
	outcome fleet.JobOutcome
}

// jobReported adds a status to its job. The messages have neither a number nor a time of their own: a status that says what
// the job's latest one says is that message again, and changes nothing. A status after the end begins another job, for request
// ids come again. An idle station has no job; if one was running, nobody will learn how it ended.
func (w *writer) jobReported(e fleet.JobReported) (fleet.Result, error) {
	if err := w.ensureStation(e.Station, e.Received); err != nil {
		return fleet.Result{}, err
	}
	e = tidyJob(e)
	job, found, err := w.findJob(e)
	if err != nil {
		return fleet.Result{}, err
	}
	running := found && job.outcome == fleet.JobRunning
	switch {
	case e.Asked != nil && (!found || e.RequestID == nil || job.status != e.Status):
		err = w.beginJob(e) // whatever was going on: a station does one thing of a kind at a time
	case found && job.status == e.Status, e.Idle() && !running:
		return fleet.Result{Duplicate: true}, nil
	case running:
		err = w.continueJob(job, e)
	default:
		err = w.beginJob(e)
	}
	return fleet.Result{}, err
}

// tidyJob returns e with texts that can be kept.
func tidyJob(e fleet.JobReported) fleet.JobReported {
	e.Status, e.ReasonCode, e.Info = fleet.Clip(e.Status, maxWord), fleet.Clip(e.ReasonCode, maxWord), fleet.Clip(e.Info, maxText)
	var places []string
	for _, place := range e.Locations[:min(len(e.Locations), maxLocations)] {
		places = append(places, fleet.HideUser(fleet.Clip(place, maxText)))
	}
	e.Locations = places
	if e.Asked != nil {
		asked := *e.Asked
		asked.Location = fleet.HideUser(fleet.Clip(asked.Location, maxText))
		e.Asked = &asked
	}
	return e
}

// maxLocations bounds the places where a local controller publishes a firmware: one for each protocol.
const maxLocations = 16

// findJob finds the latest job of the request, or, without one, of the kind. An idle station names no request.
func (w *writer) findJob(e fleet.JobReported) (job openJob, found bool, err error) {
	query, args := "SELECT number, steps, status, outcome FROM jobs WHERE station = ? AND kind = ?", []any{e.Station, string(e.Kind)}
	switch {
	case e.RequestID != nil:
		query, args = query+" AND request_id = ?", append(args, *e.RequestID)
	case !e.Idle():
		query += " AND request_id IS NULL"
	}
	found, err = w.queryRow(query+" ORDER BY number DESC LIMIT 1", args, []any{&job.number, &job.steps, &job.status, &job.outcome})
	return job, found, err
}

func (w *writer) beginJob(e fleet.JobReported) error {
	locations, err := json.Marshal(e.Locations)
	if err != nil {
		return fmt.Errorf("%w: %w", fleet.ErrInvalidEvent, err)
	}
	now := fleet.Micros(e.Received)
	asked, askedAt := fleet.JobAsked{}, time.Time{}
	if e.Asked != nil {
		asked, askedAt = *e.Asked, e.Received
	}
	var number int64
	_, err = w.queryRow(`INSERT INTO jobs (station, kind, action, request_id, status, outcome, reason_code, info, locations,
			begun_at, updated_at, steps, location, retrieve_at, install_at, asked_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?) RETURNING number`,
		[]any{
			e.Station, string(e.Kind), e.Action, e.RequestID, e.Status, string(e.Outcome()), e.ReasonCode, e.Info, string(locations), now, now,
			asked.Location, fleet.Micros(asked.RetrieveAt), fleet.Micros(asked.InstallAt), fleet.Micros(askedAt),
		},
		[]any{&number})
	if err != nil {
		return err
	}
	if err := w.keepLatest(e.Station, fleet.KeptJobs, w.removeJob); err != nil {
		return err
	}
	return w.addStep(number, 1, e)
}

func (w *writer) removeJob(station string) error {
	err := w.exec("DELETE FROM job_steps WHERE job = (SELECT MIN(number) FROM jobs WHERE station = ?)", station)
	if err != nil {
		return err
	}
	return w.exec("DELETE FROM jobs WHERE number = (SELECT MIN(number) FROM jobs WHERE station = ?)", station)
}

func (w *writer) continueJob(job openJob, e fleet.JobReported) error {
	locations, err := json.Marshal(e.Locations)
	if err != nil {
		return fmt.Errorf("%w: %w", fleet.ErrInvalidEvent, err)
	}
	err = w.exec(`UPDATE jobs SET status = ?, outcome = ?, reason_code = ?, info = ?, action = ?,
			locations = CASE WHEN ? = 'null' THEN locations ELSE ? END, updated_at = ?, steps = steps + 1 WHERE number = ?`,
		e.Status, string(e.Outcome()), e.ReasonCode, e.Info, e.Action, string(locations), string(locations), fleet.Micros(e.Received), job.number)
	if err != nil {
		return err
	}
	return w.addStep(job.number, job.steps+1, e)
}

// addStep adds to the history of a job, of which the latest steps are kept.
func (w *writer) addStep(job, step int64, e fleet.JobReported) error {
	err := w.exec("INSERT INTO job_steps (job, step, status, received, reason_code, info) VALUES (?, ?, ?, ?, ?, ?)",
		job, step, e.Status, fleet.Micros(e.Received), e.ReasonCode, e.Info)
	if err != nil {
		return err
	}
	if err := w.exec("DELETE FROM job_steps WHERE job = ? AND step <= ?", job, step-int64(w.o.Devices.JobSteps)); err != nil {
		return err
	}
	return w.notice(e.Received, fleet.NoticeJob, e.Station, struct {
		Job        int64            `json:"job"`
		Kind       fleet.JobKind    `json:"kind"`
		RequestID  *int64           `json:"requestId,omitempty"`
		Status     string           `json:"status"`
		Outcome    fleet.JobOutcome `json:"outcome"`
		ReasonCode string           `json:"reasonCode,omitempty"`
	}{job, e.Kind, e.RequestID, e.Status, e.Outcome(), e.ReasonCode})
}
