package fleet

import (
	"encoding/json"
	"strings"
)

// Verdict is what a station answered to a request, in one word of no version.
type Verdict string

// The verdicts. None of them says that something has been done: the station's own messages do.
const (
	VerdictAccepted       Verdict = "accepted"       // it will, or has
	VerdictScheduled      Verdict = "scheduled"      // it will, later
	VerdictRebootRequired Verdict = "rebootRequired" // it will, from its next start on
	VerdictRejected       Verdict = "rejected"       // it will not
	VerdictNotSupported   Verdict = "notSupported"   // it cannot, ever
	VerdictNotFound       Verdict = "notFound"       // it does not have what the request is about
	VerdictFailed         Verdict = "failed"         // it tried in vain
	VerdictMixed          Verdict = "mixed"          // parts of the request got different answers
	VerdictAnswered       Verdict = "answered"       // the answer has no status
)

// Verdicts are all verdicts.
func Verdicts() []Verdict {
	return []Verdict{
		VerdictAccepted, VerdictScheduled, VerdictRebootRequired, VerdictRejected, VerdictNotSupported, VerdictNotFound,
		VerdictFailed, VerdictMixed, VerdictAnswered,
	}
}

// VerdictOfWord returns what a status of OCPP means. Words that are none of the answers of the versions are taken for a
// no: only what is known to be a yes is one.
func VerdictOfWord(status string) Verdict {
	switch status {
	case "Accepted", "AcceptedCanceled", "Unlocked", "Unpublished":
		return VerdictAccepted
	case "Scheduled":
		return VerdictScheduled
	case "RebootRequired":
		return VerdictRebootRequired
	case "NotImplemented", "NotSupported", "UnknownVendorId", "UnknownMessageId", "LanguageNotSupported", "ConditionNotSupported", "UnsupportedMonitorType":
		return VerdictNotSupported
	case "NotFound", "TxNotFound", "EmptyResultSet", "NoProfile", "NoProfiles", "NoTariff", "NoFirmware":
		return VerdictNotFound
	case "Failed", "UnlockFailed":
		return VerdictFailed
	}
	switch {
	case strings.HasPrefix(status, "NotSupported"):
		return VerdictNotSupported
	case strings.HasPrefix(status, "Unknown"):
		return VerdictNotFound
	}
	return VerdictRejected
}

// Said is what a station answered, as far as it is the same in all versions.
type Said struct {
	Verdict Verdict
	Status  string // the station's word; "" when there is none, or several
	Reason  string // statusInfo.reasonCode of 2.x
	Info    string // statusInfo.additionalInfo of 2.x
}

// statusInfo says more in 2.x.
type statusInfo struct {
	ReasonCode     string `json:"reasonCode"`
	AdditionalInfo string `json:"additionalInfo"`
}

// ReadAnswer reads the status of an answer, or those of the items of its one list.
func ReadAnswer(response json.RawMessage) Said {
	var answer struct {
		Status *string    `json:"status"`
		Info   statusInfo `json:"statusInfo"`
	}
	if err := json.Unmarshal(response, &answer); err == nil && answer.Status != nil {
		return Said{VerdictOfWord(*answer.Status), *answer.Status, answer.Info.ReasonCode, answer.Info.AdditionalInfo}
	}
	return readItems(response)
}

// readItems joins what the items of lists say.
func readItems(response json.RawMessage) Said {
	var properties map[string]json.RawMessage
	said := Said{Verdict: VerdictAnswered}
	if json.Unmarshal(response, &properties) != nil {
		return said
	}
	for _, property := range properties {
		var items []struct {
			Status          string     `json:"status"`
			AttributeStatus string     `json:"attributeStatus"`
			Info            statusInfo `json:"statusInfo"`
			AttributeInfo   statusInfo `json:"attributeStatusInfo"`
		}
		if json.Unmarshal(property, &items) != nil {
			continue
		}
		for _, item := range items {
			if word := item.Status + item.AttributeStatus; word != "" {
				info := item.Info
				if item.AttributeStatus != "" {
					info = item.AttributeInfo
				}
				said = said.and(Said{VerdictOfWord(word), word, info.ReasonCode, info.AdditionalInfo})
			}
		}
	}
	return said
}

// and joins two parts of an answer: what they do not have in common is left out.
func (s Said) and(other Said) Said {
	if s.Verdict == VerdictAnswered {
		return other
	}
	if s.Verdict != other.Verdict {
		return Said{Verdict: VerdictMixed}
	}
	if s.Status != other.Status {
		s.Status = ""
	}
	if s.Reason != other.Reason || s.Info != other.Info {
		s.Reason, s.Info = "", ""
	}
	return s
}
