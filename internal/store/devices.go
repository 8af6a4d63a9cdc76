package store

import (
	"context"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// Devices is what stations say about themselves: settings, monitors, events, jobs, requests. All of it is bounded for each
// station, see DeviceLimits; Kept tells how much of it is not here.
type Devices interface {
	// ListVariables returns the variables of a station, or its configuration keys in OCPP 1.6, by component, instance,
	// place, variable and attribute.
	ListVariables(ctx context.Context, q VariableQuery) (Page[fleet.Variable], error)
	// ListMonitors returns the monitors of a station in the order of their ids.
	ListMonitors(ctx context.Context, q MonitorQuery) (Page[fleet.Monitor], error)
	// ListMonitoringEvents returns monitoring events, the latest arrival first.
	ListMonitoringEvents(ctx context.Context, q MonitoringEventQuery) (Page[fleet.MonitoringEvent], error)
	// ListSecurityEvents returns security events, the latest arrival first.
	ListSecurityEvents(ctx context.Context, q SecurityEventQuery) (Page[fleet.SecurityEvent], error)
	// ListJobs returns jobs, the latest begun first.
	ListJobs(ctx context.Context, q JobQuery) (Page[fleet.Job], error)
	// Job returns a job with its latest steps, at most 1000. ErrNotFound.
	Job(ctx context.Context, number int64) (fleet.JobDetail, error)
	// ListReports returns what is known of the reports of a station, the latest begun first.
	ListReports(ctx context.Context, q ReportQuery) (Page[fleet.Report], error)
	// ListCertificateRequests returns what stations want about certificates, the latest first.
	ListCertificateRequests(ctx context.Context, q CertificateQuery) (Page[fleet.CertificateRequest], error)
	// ListDisplayMessages returns the messages that a station has to show, in the order of their ids.
	ListDisplayMessages(ctx context.Context, q DisplayMessageQuery) (Page[fleet.DisplayMessage], error)
	// ListCustomerInformation returns what a station told of persons, the latest first.
	ListCustomerInformation(ctx context.Context, q CustomerQuery) (Page[fleet.CustomerInformation], error)
	// DeleteCustomerInformation deletes the text of a report on a person; that there was one stays. ErrNotFound.
	DeleteCustomerInformation(ctx context.Context, station string, number int64) error
	// ListDeviceAnswers returns what stations answered last to requests that change something at them, the latest first.
	ListDeviceAnswers(ctx context.Context, q DeviceAnswerQuery) (Page[fleet.DeviceAnswer], error)
	// ListInstalledCertificates returns the certificates that are installed in stations, as far as they told, by station.
	ListInstalledCertificates(ctx context.Context, q InstalledCertificateQuery) (Page[fleet.InstalledCertificate], error)
	// NetworkProfiles returns the network profiles of a station by slot.
	NetworkProfiles(ctx context.Context, station string) ([]fleet.NetworkProfile, error)
	// Monitoring returns what a station was told about its monitors as a whole.
	Monitoring(ctx context.Context, station string) (fleet.Monitoring, error)
	// Kept returns how much of each list is there for a station.
	Kept(ctx context.Context, station string) ([]fleet.Kept, error)
}

// SettingQuery selects by what something is about.
type SettingQuery struct {
	Component string // "": all; without regard to case
	Variable  string // "": all; without regard to case
	EVSE      *int   // nil: all; 0: of the station
}

// VariableQuery selects variables of one station.
type VariableQuery struct {
	SettingQuery
	Station    string
	Cursor     string
	Limit      int    // 0: DefaultLimit
	Attribute  string // "": all
	Mutability string // "": all
	Drift      bool   // only those that are known to be otherwise than desired, or that the station refused to set
}

// MonitorQuery selects monitors of one station.
type MonitorQuery struct {
	SettingQuery
	Station  string
	Cursor   string
	Limit    int  // 0: DefaultLimit
	Severity *int // at most, that is, at least so grave; nil: all
}

// MonitoringEventQuery selects monitoring events.
type MonitoringEventQuery struct {
	SettingQuery
	Arrival
	Trigger       string // "": all
	Severity      *int   // at most, that is, at least so grave; nil: all, also those of unknown severity
	TransactionID string // "": all
}

// SecurityEventQuery selects security events.
type SecurityEventQuery struct {
	Arrival
	Type     string // "": all
	Critical *bool  // nil: both
}

// JobQuery selects jobs.
type JobQuery struct {
	Station   string // "": all
	Cursor    string
	Limit     int // 0: DefaultLimit
	Kind      fleet.JobKind
	Outcome   fleet.JobOutcome
	RequestID *int64 // nil: all
}

// ReportQuery selects reports of one station.
type ReportQuery struct {
	Station string
	Cursor  string
	Limit   int              // 0: DefaultLimit
	Kind    fleet.ReportKind // "": all

	RequestID *int64 // nil: all
}

// CertificateQuery selects requests about certificates.
type CertificateQuery struct {
	Station string // "": all
	Cursor  string
	Limit   int                   // 0: DefaultLimit
	Wish    fleet.CertificateWish // "": all
}

// DisplayMessageQuery selects display messages of one station.
type DisplayMessageQuery struct {
	Station       string
	Cursor        string
	Limit         int    // 0: DefaultLimit
	TransactionID string // "": all
}

// CustomerQuery selects customer information of one station.
type CustomerQuery struct {
	Station string
	Cursor  string
	Limit   int // 0: DefaultLimit
}

// DeviceAnswerQuery selects answers.
type DeviceAnswerQuery struct {
	SettingQuery
	Arrival
	Action string // "": all
	Status string // "": all
	Took   *bool  // fleet.DeviceAnswer.Took; nil: both
}

// InstalledCertificateQuery selects certificates that are installed.
type InstalledCertificateQuery struct {
	Station     string // "": all
	Cursor      string
	Limit       int    // 0: DefaultLimit
	Use         string // "": all
	Serial      string // "": all; without regard to case and to zeros before it
	Fingerprint string // "": all; without regard to case
}
