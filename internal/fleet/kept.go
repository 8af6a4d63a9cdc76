package fleet

// KeptList names a list of what a station said about itself. Each is bounded for each station.
type KeptList string

// The lists. Of those that grow with time the oldest entries go; of those that say how things are, entries that are new
// when the list is full are left out.
const (
	KeptVariables        KeptList = "variables"           // full: new ones are left out
	KeptMonitors         KeptList = "monitors"            // full: new ones are left out
	KeptDisplayMessages  KeptList = "displayMessages"     // full: new ones are left out
	KeptMonitoringEvents KeptList = "monitoringEvents"    // full: the oldest goes
	KeptSecurityEvents   KeptList = "securityEvents"      // full: the oldest goes
	KeptJobs             KeptList = "jobs"                // full: the oldest goes
	KeptReports          KeptList = "reports"             // full: the oldest goes, customer information with it
	KeptCertificates     KeptList = "certificateRequests" // full: the oldest goes

	KeptAnswers         KeptList = "answers"         // full: the oldest goes
	KeptInstalled       KeptList = "certificates"    // full: new ones are left out
	KeptNetworkProfiles KeptList = "networkProfiles" // full: new ones are left out

	KeptProfiles   KeptList = "chargingProfiles"   // full: new ones are left out
	KeptComposites KeptList = "compositeSchedules" // full: new ones are left out
)

// Kept says how much of a list is there and how much is not.
type Kept struct {
	List    KeptList
	Kept    int64 // entries that are there
	Limit   int64 // entries that may be there
	Dropped int64 // entries that went, or were left out, because the list was full
}
