package conformance

import (
	"encoding/json"
	"regexp"
	"strings"
)

// Shown is what a case shows of a request of the CSMS.
type Shown struct {
	Action  string
	Outcome Outcome
	Detail  string // the status of an answer, "" if it has none; the code of a CALLERROR
}

// Outcome is what becomes of a request.
type Outcome string

// The outcomes.
const (
	Answered       Outcome = "answered"        // with a CALLRESULT
	Refused        Outcome = "refused"         // with a CALLERROR
	Timeout        Outcome = "timeout"         // not at all
	Offline        Outcome = "offline"         // the station is not connected
	WrongVersion   Outcome = "wrong version"   // the station's version has no such request
	UnknownStation Outcome = "unknown station" // there is no such station
)

// command is a raw request of an operator.
var command = regexp.MustCompile(`^POST /stations/[^/]+/commands \{"action":"([A-Za-z0-9]+)"`)

// notSent is how the API answers what it does not send, and timeouts.
var notSent = map[string]Outcome{"404": UnknownStation, "409": Offline, "422": WrongVersion, "504": Timeout}

// Shown returns what the case shows of requests of the CSMS.
func (c *Case) Shown() (list []Shown) {
	asked, got := "", "" // the action that the operator asked for, and the one that the station got and has not answered
	for _, s := range c.Steps {
		first, rest, _ := strings.Cut(s.Text, " ")
		switch {
		case s.Verb == "api":
			asked = ""
			if m := command.FindStringSubmatch(s.Text); m != nil {
				asked = m[1]
			}
		case s.Verb == "<" && first != "error" && !strings.ContainsAny(first, "[{"):
			got = first
		case s.Verb == ">" && got != "" && first == "error":
			code, _, _ := strings.Cut(rest, " ")
			list = append(list, Shown{got, Refused, code})
			asked, got = "", ""
		case s.Verb == ">" && got != "" && strings.HasPrefix(first, "{"):
			list = append(list, Shown{got, Answered, statusOf(s.Text)})
			asked, got = "", ""
		case s.Verb == "=>" && asked != "":
			if o, ok := notSent[first]; ok {
				list = append(list, Shown{asked, o, ""})
			}
			asked, got = "", ""
		}
	}
	return list
}

// statusOf finds the status in an answer, or in the first of its results.
func statusOf(payload string) string {
	var answer map[string]json.RawMessage
	if json.Unmarshal([]byte(payload), &answer) != nil {
		return ""
	}
	for _, name := range []string{"status", "attributeStatus"} {
		var status string
		if json.Unmarshal(answer[name], &status) == nil {
			return status
		}
	}
	for name, inner := range answer {
		var list []json.RawMessage
		if strings.HasSuffix(name, "Result") && json.Unmarshal(inner, &list) == nil && len(list) > 0 {
			return statusOf(string(list[0]))
		}
	}
	return ""
}
