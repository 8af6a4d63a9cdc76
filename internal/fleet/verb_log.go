package fleet

import "time"

// logVerbs are about the station's records of itself.
func logVerbs() []VerbKind {
	return []VerbKind{
		verb[GetLogRequest]("Have the station upload a log", `The station uploads a file to the location; how that goes is a job, GET /jobs. In OCPP 1.6 diagnostics go as GetDiagnostics,
whose answer has only the name of the file, if there is one; the security log, and diagnostics with "extended", go as GetLog
of the security extension. A station that was uploading another log gives that up: the answer is accepted (AcceptedCanceled).`,
			`{"log":"diagnostics","location":"https://files.example/upload/"}`),
	}
}

// LogKind is a log of a station.
type LogKind string

// The logs.
const (
	LogDiagnostics   LogKind = "diagnostics"
	LogSecurity      LogKind = "security"
	LogDataCollector LogKind = "dataCollector"
)

// GetLogRequest has the station upload a log.
type GetLogRequest struct {
	Log      LogKind    `json:"log,omitempty" enum:"diagnostics,security,dataCollector" doc:"Which. dataCollector: OCPP 2.1. Left out: diagnostics"`
	Location string     `json:"location" minLength:"1" maxLength:"2000" format:"uri" doc:"URL to which it uploads the file. OCPP 2.0.1 and GetLog of 1.6 take 512 characters" example:"https://files.example/upload/"`
	From     *time.Time `json:"from,omitempty" doc:"Entries from then on. Left out: from the oldest"`
	Until    *time.Time `json:"until,omitempty" doc:"Entries until then. Left out: to the newest"`
	Extended bool       `json:"extended,omitempty" doc:"OCPP 1.6: ask for diagnostics with GetLog of the security extension"`
	Retrying
	Numbered
}

// VerbName is the verb's name in the API.
func (*GetLogRequest) VerbName() string { return "get-log" }

// Check demands a location, and a time that does not run backwards.
func (r *GetLogRequest) Check() error {
	switch {
	case r.Location == "":
		return WrongArgument("/location", "say where the station uploads it")
	case r.From != nil && r.Until != nil && r.Until.Before(*r.From):
		return WrongArgument("/until", "it is before from")
	}
	return nil
}
