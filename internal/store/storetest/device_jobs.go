package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// job returns a message of a firmware update.
func job(request *int64, status string, minute int) fleet.JobReported {
	return fleet.JobReported{
		Station: "A", Received: noon.Add(time.Duration(minute) * time.Minute), Kind: fleet.JobFirmware,
		Action: "FirmwareStatusNotification", RequestID: request, Status: status,
	}
}

func (f *fixture) jobs(q store.JobQuery) []fleet.Job {
	f.Helper()
	return all(f, q.Limit, func(ctx context.Context, cursor string) (store.Page[fleet.Job], error) {
		q.Cursor = cursor
		return f.ListJobs(ctx, q)
	})
}

// history returns the statuses of a job.
func (f *fixture) history(number int64) string {
	f.Helper()
	d, err := f.Job(f.Context(), number)
	f.ok(err)
	var words []string
	for _, s := range d.History {
		words = append(words, s.Status)
	}
	return strings.Join(words, " ")
}

func testJobs(f *fixture) {
	one, two := new(int64(1)), new(int64(2))
	for i, e := range []fleet.JobReported{
		job(one, "Downloading", 0), job(two, "Downloading", 1), job(one, "Downloaded", 2), job(one, "Downloaded", 3),
		job(nil, "Idle", 4), job(two, "DownloadFailed", 5), job(one, "Installed", 6), job(one, "Installed", 7), job(nil, "Idle", 8),
	} {
		want := i == 3 || i >= 7
		equal(f, fmt.Sprintf("%d: %s: duplicate", i, e.Status), f.submit(e).Duplicate, want)
	}
	got := f.jobs(store.JobQuery{Limit: 1})
	equal(f, "jobs", len(got), 3)
	// The idle station ended the latest job, of which a status came nevertheless: that is a job of its own.
	equal(f, "history", f.history(got[0].Number), "DownloadFailed")
	equal(f, "history", f.history(got[1].Number), "Downloading Idle")
	equal(f, "outcome", got[1].Outcome, fleet.JobVague)
	equal(f, "history", f.history(got[2].Number), "Downloading Downloaded Installed")
	got[2].RequestID = nil
	equalJSON(f, "job", got[2], fleet.Job{
		Number: got[2].Number, Station: "A", Kind: fleet.JobFirmware, Action: "FirmwareStatusNotification", Status: "Installed",
		Outcome: fleet.JobDone, BegunAt: noon, UpdatedAt: noon.Add(6 * time.Minute), Steps: 3,
	})
	f.submit(job(one, "Downloading", 9)) // the id comes again
	for i, q := range []store.JobQuery{
		{RequestID: one}, {Outcome: fleet.JobFailed}, {Outcome: fleet.JobRunning}, {Kind: fleet.JobLog}, {Station: "B"}, {Station: "A"},
	} {
		equal(f, fmt.Sprintf("%+v", q), len(f.jobs(q)), []int{2, 1, 1, 0, 0, 4}[i])
	}
	equal(f, "notices", len(f.notices(fleet.NoticeJob)), 7)
	if _, err := f.Job(f.Context(), 99); !errors.Is(err, store.ErrNotFound) {
		f.Errorf("a job that is not there: %v", err)
	}
	if _, err := f.Submit(f.Context(), fleet.JobReported{Station: "A", Kind: "x", Status: "y"}); !errors.Is(err, fleet.ErrInvalidEvent) {
		f.Errorf("a kind that is none: %v", err)
	}
}

// testAskedJobs: a job that was asked for begins with the station's yes, and its statuses belong to it.
func testAskedJobs(f *fixture) {
	asked := job(nil, "Acknowledged", 1)
	asked.Asked = &fleet.JobAsked{Location: "ftp://me:secret@f.example/1.bin", RetrieveAt: noon, InstallAt: noon.Add(time.Hour)} //nolint:gosec // a password to be hidden
	f.submit(job(nil, "Downloading", 0))                                                                                         // of another update, which nobody will hear of any more
	f.submit(asked)
	f.submit(job(nil, "Downloading", 2))
	f.submit(job(nil, "Installed", 3))
	got := f.jobs(store.JobQuery{})
	equal(f, "jobs", len(got), 2)
	equal(f, "history", f.history(got[0].Number), "Acknowledged Downloading Installed")
	equal(f, "outcome", got[0].Outcome, fleet.JobDone)
	equalJSON(f, "what was asked", got[0].JobAsked, fleet.JobAsked{Location: "ftp://***@f.example/1.bin", RetrieveAt: noon, InstallAt: noon.Add(time.Hour)})
	equal(f, "asked at", got[0].AskedAt.Equal(asked.Received), true)
	equal(f, "not asked", got[1].AskedAt.IsZero() && got[1].Location == "", true)
	numbered := job(new(int64(9)), "Accepted", 4)
	numbered.Asked = &fleet.JobAsked{Location: "x"}
	equal(f, "duplicate", f.submit(numbered).Duplicate, false)
	equal(f, "duplicate", f.submit(numbered).Duplicate, true)
}

// testNamelessJobs: OCPP 1.6 names no request.
func testNamelessJobs(f *fixture) {
	report := func(status string, minute int) fleet.JobReported {
		e := job(nil, status, minute)
		e.Kind, e.ReasonCode, e.Info = fleet.JobDiagnostics, "r", "i"
		return e
	}
	f.submit(report("Idle", 0)) // nothing to tell of
	equal(f, "jobs of an idle station", len(f.jobs(store.JobQuery{})), 0)
	for i, status := range []string{"Uploading", "Uploaded", "Uploaded", "Uploading", "UploadFailed"} {
		f.submit(report(status, i))
		f.submit(job(nil, "Downloading", i)) // of another kind
	}
	got := f.jobs(store.JobQuery{Kind: fleet.JobDiagnostics})
	equal(f, "jobs", len(got), 2)
	equal(f, "history", f.history(got[1].Number), "Uploading Uploaded")
	equal(f, "history", f.history(got[0].Number), "Uploading UploadFailed")
	equal(f, "reason", got[0].ReasonCode+got[0].Info, "ri")

	e := job(new(int64(1)), "Published", 0)
	e.Kind, e.Locations = fleet.JobPublish, []string{"https://u:p@a/b", "ftp://c"}
	f.submit(e)
	equal(f, "places", strings.Join(f.jobs(store.JobQuery{})[0].Locations, " "), "https://***@a/b ftp://c")
}

func testJobHistory(f *fixture) {
	f.restart(store.Options{Devices: store.DeviceLimits{JobSteps: 3, Jobs: 2}})
	for i := range 9 {
		f.submit(job(nil, fmt.Sprint("step", i), i))
	}
	got := f.jobs(store.JobQuery{})[0]
	equal(f, "steps", got.Steps, 9)
	equal(f, "history", f.history(got.Number), "step6 step7 step8")
	for i := range 3 {
		f.submit(job(new(int64(i)), "Downloading", i))
	}
	equal(f, "jobs", len(f.jobs(store.JobQuery{})), 2)
	if _, err := f.Job(f.Context(), got.Number); !errors.Is(err, store.ErrNotFound) {
		f.Errorf("the oldest job: %v", err)
	}
	for _, k := range f.kept("A") {
		if k.List == fleet.KeptJobs {
			equal(f, "kept", k, fleet.Kept{List: fleet.KeptJobs, Kept: 2, Limit: 2, Dropped: 2})
		}
	}
}

func (f *fixture) kept(station string) []fleet.Kept {
	f.Helper()
	k, err := f.Kept(f.Context(), station)
	f.ok(err)
	return k
}
