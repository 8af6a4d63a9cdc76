package fleet

// Repeatable returns why a request may be sent again by itself when nobody knows whether the station has carried it out,
// and "" when it may not. Only requests are repeated that change nothing, whenever they arrive. One that sets something is
// not: it would undo what somebody else has set meanwhile.
func Repeatable(version, action string) string {
	switch version {
	case "1.6":
		return repeatable16(action)
	case "2.0.1":
		return repeatable2x(action)
	case "2.1":
		if reason := repeatable21(action); reason != "" {
			return reason
		}
		return repeatable2x(action)
	}
	return ""
}

// The reasons.
const (
	becauseReads   = "it only reads"
	becauseReports = "it asks for a report; the same report again says the same"
)

func repeatable16(action string) string {
	switch action {
	case "GetConfiguration", "GetLocalListVersion", "GetCompositeSchedule", "GetInstalledCertificateIds":
		return becauseReads
	}
	return ""
}

func repeatable2x(action string) string {
	switch action {
	case "GetVariables", "GetLocalListVersion", "GetCompositeSchedule", "GetInstalledCertificateIds", "GetTransactionStatus":
		return becauseReads
	case "GetBaseReport", "GetReport", "GetMonitoringReport", "GetChargingProfiles", "GetDisplayMessages":
		return becauseReports
	}
	return ""
}

func repeatable21(action string) string {
	switch action {
	case "GetTariffs", "GetPeriodicEventStream":
		return becauseReads
	case "GetDERControl":
		return becauseReports
	}
	return ""
}
