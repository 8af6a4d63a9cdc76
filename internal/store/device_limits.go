package store

import (
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// Arrival selects things that stations reported, by who and when.
type Arrival struct {
	Station string // "": all
	Cursor  string
	Limit   int       // 0: DefaultLimit
	Since   time.Time // received then or later; zero: all
	Until   time.Time // received before; zero: all
}

// DeviceLimits bounds what is kept of what one station says about itself. A zero takes the default.
type DeviceLimits struct {
	Variables        int           // attributes of variables; 0: 10,000; new ones are left out beyond
	Monitors         int           // 0: 2,000; new ones are left out beyond
	DisplayMessages  int           // 0: 500; new ones are left out beyond
	MonitoringEvents int           // 0: 10,000; the oldest go
	SecurityEvents   int           // 0: 1,000; the oldest go
	Jobs             int           // 0: 200; the oldest go
	JobSteps         int           // of one job; 0: 200; the oldest go
	Reports          int           // 0: 50; the oldest go
	ReportParts      int           // of one report; 0: 5,000; what further ones say is kept, that they came is not
	Certificates     int           // 0: 200; the oldest go
	Answers          int           // 0: 2,000; the oldest go
	Installed        int           // certificates; 0: 500; new ones are left out beyond
	NetworkProfiles  int           // 0: 50; new ones are left out beyond
	Profiles         int           // charging profiles; 0: 500; new ones are left out beyond
	Composites       int           // EVSEs of composite schedules; 0: 1,000; new ones are left out beyond
	CustomerTexts    int           // parts of one report on a person; 0: 128; further ones are left out
	CustomerFor      time.Duration // customer information is deleted so long after it arrived; 0: 30 days
}

func (l DeviceLimits) withDefaults() DeviceLimits {
	l.Variables = orDefault(l.Variables, 10_000)
	l.Monitors = orDefault(l.Monitors, 2_000)
	l.DisplayMessages = orDefault(l.DisplayMessages, 500)
	l.MonitoringEvents = orDefault(l.MonitoringEvents, 10_000)
	l.SecurityEvents = orDefault(l.SecurityEvents, 1_000)
	l.Jobs = orDefault(l.Jobs, 200)
	l.JobSteps = orDefault(l.JobSteps, 200)
	l.Reports = orDefault(l.Reports, 50)
	l.ReportParts = orDefault(l.ReportParts, 5_000)
	l.Certificates = orDefault(l.Certificates, 200)
	l.Answers = orDefault(l.Answers, 2_000)
	l.Installed = orDefault(l.Installed, 500)
	l.NetworkProfiles = orDefault(l.NetworkProfiles, 50)
	l.Profiles = orDefault(l.Profiles, 500)
	l.Composites = orDefault(l.Composites, 1_000)
	l.CustomerTexts = orDefault(l.CustomerTexts, 128)
	l.CustomerFor = orDefault(l.CustomerFor, 30*24*time.Hour)
	return l
}

// Of returns the limit of a list.
func (l DeviceLimits) Of(list fleet.KeptList) int {
	switch list {
	case fleet.KeptVariables:
		return l.Variables
	case fleet.KeptMonitors:
		return l.Monitors
	case fleet.KeptDisplayMessages:
		return l.DisplayMessages
	case fleet.KeptMonitoringEvents:
		return l.MonitoringEvents
	case fleet.KeptSecurityEvents:
		return l.SecurityEvents
	case fleet.KeptJobs:
		return l.Jobs
	case fleet.KeptReports:
		return l.Reports
	case fleet.KeptCertificates:
		return l.Certificates
	case fleet.KeptAnswers:
		return l.Answers
	case fleet.KeptInstalled:
		return l.Installed
	case fleet.KeptNetworkProfiles:
		return l.NetworkProfiles
	case fleet.KeptProfiles:
		return l.Profiles
	case fleet.KeptComposites:
		return l.Composites
	}
	return 0
}
