package sqlite

import (
	"context"
	"fmt"
	"slices"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

const jobColumns = `number, station, kind, action, request_id, status, outcome, reason_code, info, locations, begun_at, updated_at, steps,
	location, retrieve_at, install_at, asked_at`

func jobFields(j *fleet.Job) []any {
	return []any{
		&j.Number, &j.Station, &j.Kind, &j.Action, &j.RequestID, &j.Status, &j.Outcome, &j.ReasonCode, &j.Info,
		fromJSON{&j.Locations}, instant{&j.BegunAt}, instant{&j.UpdatedAt}, &j.Steps,
		&j.Location, instant{&j.RetrieveAt}, instant{&j.InstallAt}, instant{&j.AskedAt},
	}
}

// ListJobs implements store.Devices.
func (db *DB) ListJobs(ctx context.Context, jq store.JobQuery) (store.Page[fleet.Job], error) {
	q := selectFrom("SELECT " + jobColumns + " FROM jobs")
	if err := q.before(jq.Cursor); err != nil {
		return store.Page[fleet.Job]{}, err
	}
	q.is("station", jq.Station)
	q.is("kind", string(jq.Kind))
	q.is("outcome", string(jq.Outcome))
	if jq.RequestID != nil {
		q.where("request_id = ?", *jq.RequestID)
	}
	return newestFirst(ctx, db, q, jq.Limit, jobFields, func(j fleet.Job) int64 { return j.Number })
}

// Job implements store.Devices.
func (db *DB) Job(ctx context.Context, number int64) (d fleet.JobDetail, err error) {
	if err := one(ctx, db.readers, "SELECT "+jobColumns+" FROM jobs WHERE number = ?", []any{number}, jobFields(&d.Job)); err != nil {
		return d, fmt.Errorf("job %d: %w", number, err)
	}
	q := selectFrom("SELECT status, received, reason_code, info FROM job_steps")
	q.where("job = ?", number)
	q.order("step DESC", store.MaxLimit-1)
	d.History, err = list(ctx, db.readers, q, func(s *fleet.JobStep) []any {
		return []any{&s.Status, instant{&s.Received}, &s.ReasonCode, &s.Info}
	})
	slices.Reverse(d.History)
	return d, err
}
