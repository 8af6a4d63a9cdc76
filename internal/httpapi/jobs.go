package httpapi

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// Job is what a station does about one request: an update of its firmware, or an upload.
type Job struct {
	Number     int64      `json:"number" doc:"Rising in the order in which they began" example:"17"`
	Station    string     `json:"station" example:"CP-001"`
	Kind       string     `json:"kind" enum:"firmware,publish,diagnostics,log" doc:"What it is busy with"`
	RequestID  *int64     `json:"requestId" doc:"Of the request; null: its messages name none (OCPP 1.6)"`
	Status     string     `json:"status" doc:"The latest, in the words of the station's version. Accepted, AcceptedCanceled: it said so to our request; Acknowledged: OCPP 1.6 has no more to say" example:"Downloading"`
	Outcome    string     `json:"outcome" enum:"running,done,failed,unknown" doc:"How it stands. unknown: the station is idle and never said how it ended"`
	ReasonCode *string    `json:"reasonCode" doc:"Of the latest status (OCPP 2.1)"`
	Info       *string    `json:"info" doc:"Of the latest status (OCPP 2.1)"`
	Locations  []string   `json:"locations" nullable:"false" doc:"Where a local controller published the firmware"`
	Action     string     `json:"action" doc:"Message that tells of it" example:"FirmwareStatusNotification"`
	BegunAt    *time.Time `json:"begunAt" doc:"When its first status came"`
	UpdatedAt  *time.Time `json:"updatedAt" doc:"When its latest status came"`
	Steps      int64      `json:"steps" doc:"Statuses that came"`
	AskedAt    *time.Time `json:"askedAt" doc:"When the station said yes to a request of this server; null: it is not known to be one"`
	Location   *string    `json:"location" doc:"Where the file is or goes, as it was asked for, without user and password" example:"https://firmware.example/cp-2.4.bin"`
	RetrieveAt *time.Time `json:"retrieveAt" doc:"When the station may fetch the file, as it was asked for"`
	InstallAt  *time.Time `json:"installAt" doc:"When it may install it, as it was asked for"`
}

// JobDetail is a job with its history.
type JobDetail struct {
	Job
	History []JobStep `json:"history" nullable:"false" doc:"The latest 200 statuses at most, the oldest first"`
}

// JobStep is one status of a job.
type JobStep struct {
	Status     string     `json:"status" example:"Downloaded"`
	ReceivedAt *time.Time `json:"receivedAt"`
	ReasonCode *string    `json:"reasonCode"`
	Info       *string    `json:"info"`
}

type jobsInput struct {
	PageQuery
	Station   string `query:"station" maxLength:"255" doc:"Only those of one station"`
	Kind      string `query:"kind" enum:"firmware,publish,diagnostics,log" doc:"Only those of one kind"`
	Outcome   string `query:"outcome" enum:"running,done,failed,unknown" doc:"Only those that stand so"`
	RequestID string `query:"requestId" pattern:"^-?[0-9]{1,18}$" patternDescription:"number of a request" doc:"Only those of one request"`
}

type jobInput struct {
	Number int64 `path:"number" minimum:"1" doc:"Number of the job"`
}

func (a *api) registerJobs() {
	operate(a, ofFleet("jobs", "job", "List updates of firmware and uploads, the latest begun first",
		"The latest 200 of each station are kept. OCPP 1.6 names no request: there a job is one run of statuses until its end."), a.listJobs)
	operate(a, huma.Operation{
		OperationID: "get-job", Method: http.MethodGet, Path: "/jobs/{number}", Tags: []string{"job"}, Summary: "Get a job with its history",
	}, a.getJob)
}

func (a *api) listJobs(ctx context.Context, in *jobsInput) (*answer[List[Job]], error) {
	p, err := a.o.Store.ListJobs(ctx, store.JobQuery{
		Station: in.Station, Cursor: in.Cursor, Limit: in.Limit, Kind: fleet.JobKind(in.Kind), Outcome: fleet.JobOutcome(in.Outcome),
		RequestID: requestNumber(in.RequestID),
	})
	if err != nil {
		return nil, err
	}
	return viewPage(p, viewJob), nil
}

// requestNumber reads an optional number of a query, whose form huma has checked.
func requestNumber(s string) *int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return nil
	}
	return &n
}

func (a *api) getJob(ctx context.Context, in *jobInput) (*answer[JobDetail], error) {
	d, err := a.o.Store.Job(ctx, in.Number)
	if err != nil {
		return nil, err
	}
	v := JobDetail{Job: viewJob(d.Job), History: make([]JobStep, 0, len(d.History))}
	for _, s := range d.History {
		v.History = append(v.History, JobStep{
			Status: s.Status, ReceivedAt: instant(s.Received), ReasonCode: orNull(s.ReasonCode), Info: orNull(s.Info),
		})
	}
	return &answer[JobDetail]{v}, nil
}

func viewJob(j fleet.Job) Job {
	return Job{
		Number: j.Number, Station: j.Station, Kind: string(j.Kind), RequestID: j.RequestID, Status: j.Status, Outcome: string(j.Outcome),
		ReasonCode: orNull(j.ReasonCode), Info: orNull(j.Info), Locations: orEmpty(j.Locations), Action: j.Action,
		BegunAt: instant(j.BegunAt), UpdatedAt: instant(j.UpdatedAt), Steps: j.Steps,
		AskedAt: instant(j.AskedAt), Location: orNull(j.Location), RetrieveAt: instant(j.RetrieveAt), InstallAt: instant(j.InstallAt),
	}
}
