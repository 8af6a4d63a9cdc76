package fleet

// The kinds of notices about what stations say of themselves.
const (
	NoticeSecurityEvent    NoticeKind = "station.security"
	NoticeJob              NoticeKind = "station.job"
	NoticeMonitoringEvents NoticeKind = "station.monitoring"
	NoticeReport           NoticeKind = "station.report"
	NoticeVariables        NoticeKind = "station.variables"
	NoticeCertificateAsked NoticeKind = "certificate.asked"
	NoticeDesired          NoticeKind = "station.desired"  // what is wanted of its variables is another
	NoticeAnswered         NoticeKind = "station.answered" // to a request that changes something at it
)
