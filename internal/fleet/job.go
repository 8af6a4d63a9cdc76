package fleet

import (
	"fmt"
	"time"
)

// JobKind is what a station is busy with.
type JobKind string

// The kinds of jobs.
const (
	JobFirmware    JobKind = "firmware"    // FirmwareStatusNotification, SignedFirmwareStatusNotification
	JobPublish     JobKind = "publish"     // PublishFirmwareStatusNotification, 2.x
	JobDiagnostics JobKind = "diagnostics" // DiagnosticsStatusNotification, 1.6
	JobLog         JobKind = "log"         // LogStatusNotification
)

// JobReported is a message that tells how a job goes.
type JobReported struct {
	Station    string
	Received   time.Time
	Kind       JobKind
	Action     string // name of the message
	RequestID  *int64 // nil: the message has none (1.6), or nothing was asked for
	Status     string // in the words of the station's version
	ReasonCode string // 2.1
	Info       string // 2.1
	Locations  []string
	Asked      *JobAsked // it is the answer to our request, with which the job begins; nil: a message of the station
}

// JobAsked is what a station was asked to do.
type JobAsked struct {
	Location   string    // where the file is, or goes; kept without user and password
	RetrieveAt time.Time // when it may be fetched; zero: not said
	InstallAt  time.Time // when it may be installed; zero: not said
}

// JobOutcome is how a job stands.
type JobOutcome string

// The outcomes of jobs.
const (
	JobRunning JobOutcome = "running"
	JobDone    JobOutcome = "done"
	JobFailed  JobOutcome = "failed"
	JobVague   JobOutcome = "unknown" // the station is idle and never said how it ended
)

// Job is what a station did about one request, or in OCPP 1.6, whose messages name none, one run of statuses.
type Job struct {
	Number     int64 // in the order in which they began
	Station    string
	Kind       JobKind
	Action     string
	RequestID  *int64
	Status     string
	Outcome    JobOutcome
	ReasonCode string
	Info       string
	Locations  []string
	BegunAt    time.Time // when the first status arrived
	UpdatedAt  time.Time // when the latest arrived
	Steps      int64     // statuses that arrived

	AskedAt time.Time // when the station said yes to our request; zero: not known to be ours
	JobAsked
}

// JobStep is one status of a job.
type JobStep struct {
	Status     string
	Received   time.Time
	ReasonCode string
	Info       string
}

// JobDetail is a job with its history: the latest steps, oldest first.
type JobDetail struct {
	Job
	History []JobStep
}

// About returns the station's identity.
func (e JobReported) About() string { return e.Station }

// Check demands a station, a kind and a status.
func (e JobReported) Check() error {
	switch e.Kind {
	case JobFirmware, JobPublish, JobDiagnostics, JobLog:
	default:
		return fmt.Errorf("%w: a job of kind %q", ErrInvalidEvent, e.Kind)
	}
	if e.Status == "" {
		return fmt.Errorf("%w: a job without a status", ErrInvalidEvent)
	}
	return checkStation(e.Station)
}

// Idle reports whether the station says that it does nothing of the kind. It says so only when it was asked (L01.FR.20,
// N01.FR.12), and starts no job with it.
func (e JobReported) Idle() bool { return e.Status == "Idle" }

// Outcome returns how a job stands with this status. A word that no version knows is taken for a step on the way.
func (e JobReported) Outcome() JobOutcome {
	switch e.Status {
	case "Idle":
		return JobVague
	case "Installed", "Published", "Uploaded":
		return JobDone
	case "DownloadFailed", "InstallationFailed", "InstallVerificationFailed", "InvalidSignature", "RevokedCertificate",
		"InvalidCertificate", "PublishFailed", "InvalidChecksum", "UploadFailed", "UploadFailure",
		"BadMessage", "NotSupportedOperation", "PermissionDenied", "AcceptedCanceled":
		return JobFailed
	}
	return JobRunning
}
