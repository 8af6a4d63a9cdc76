package fleet

import (
	"errors"
	"testing"
	"time"
)

func TestSecretsAreKnownByName(t *testing.T) {
	for name, want := range map[string]bool{
		"AuthorizationKey": true, "BasicAuthPassword": true, "vpnkey": true, "SimPin": true, "ApnPassword": true, "SharedSecret": true,
		"org.example.ApiKey": true, "HeartbeatInterval": false, "PublicKey": false, "AuthorizeRemoteStart": false, "": false,
	} {
		if got := SecretSetting(name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}

func TestUsersOfURLsAreHidden(t *testing.T) {
	for text, want := range map[string]string{
		"ftp://u:p@host/a@b": "ftp://***@host/a@b", "see https://u@h and sftp://u:p@h": "see https://***@h and sftp://***@h",
		"mail@host": "mail@host", "https://host/?q=a@b": "https://host/?q=a@b", "://@": "://***@", "": "",
	} {
		if got := HideUser(text); got != want {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func TestSettingsHaveNoCase(t *testing.T) {
	a := Setting{Component: "EVSE", ComponentInstance: "I", EVSE: 1, Connector: 2, Variable: "Power", VariableInstance: "J"}
	b := Setting{Component: "evse", ComponentInstance: "i", EVSE: 1, Connector: 2, Variable: "POWER", VariableInstance: "j"}
	if a.Key() != b.Key() {
		t.Errorf("%q and %q", a.Key(), b.Key())
	}
	for _, other := range []Setting{{Variable: "Power"}, {Component: "EVSEI", EVSE: 1, Connector: 2, Variable: "Power", VariableInstance: "J"}} {
		if a.Key() == other.Key() {
			t.Errorf("%+v is %+v", a, other)
		}
	}
}

func TestEventsAreKnownByWhatTheySay(t *testing.T) {
	noon := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	a := SecurityReported{Time: noon, Received: noon, Type: "x"}
	again, timeless := a, a
	again.Received = noon.Add(time.Hour)
	timeless.Time = time.Time{}
	timelessAgain := timeless
	timelessAgain.Received = noon.Add(time.Hour)
	if a.Digest() != again.Digest() || timeless.Digest() == timelessAgain.Digest() {
		t.Error("a repetition is news, or news a repetition")
	}
}

func TestOutcomesOfJobs(t *testing.T) {
	for status, want := range map[string]JobOutcome{
		"Downloading": JobRunning, "Installed": JobDone, "Published": JobDone, "Uploaded": JobDone, "Idle": JobVague, "InvalidChecksum": JobFailed,
		"UploadFailed": JobFailed, "UploadFailure": JobFailed, "AcceptedCanceled": JobFailed, "InstallVerificationFailed": JobFailed,
		"SignatureVerified": JobRunning, "anything": JobRunning,
	} {
		if got := (JobReported{Status: status}).Outcome(); got != want {
			t.Errorf("%s: %s, want %s", status, got, want)
		}
	}
}

func TestDeviceEventsThatCannotBe(t *testing.T) {
	named := Setting{Variable: "v"}
	for name, e := range map[string]Event{
		"no station":             SecurityReported{Type: "x"},
		"no type":                SecurityReported{Station: "A"},
		"no status":              JobReported{Station: "A", Kind: JobLog},
		"event of another":       EventsNotified{Station: "A", List: []MonitoringEvent{{Station: "B", Setting: named}}},
		"event about nothing":    EventsNotified{Station: "A", List: []MonitoringEvent{{Station: "A"}}},
		"monitor of another":     MonitorsReported{Station: "A", List: []Monitor{{Station: "B", Setting: named}}},
		"monitor on nothing":     MonitorsReported{Station: "A", List: []Monitor{{Station: "A"}}},
		"variable of another":    VariablesReported{Station: "A", List: []Variable{{Station: "B", Setting: named}}},
		"variable without name":  VariablesReported{Station: "A", List: []Variable{{Station: "A"}}},
		"variable nowhere":       VariablesReported{Station: "A", List: []Variable{{Station: "A", Setting: Setting{Variable: "v", EVSE: -1}}}},
		"part that cannot be":    CustomerReported{Station: "A", Part: ReportPart{SeqNo: -1}},
		"message of another":     MessagesReported{Station: "A", List: []DisplayMessage{{Station: "B"}}},
		"wish of another":        CertificateAsked{Station: "A", List: []CertificateRequest{{Station: "B", Wish: WishSign, Status: "x"}}},
		"wish without an answer": CertificateAsked{Station: "A", List: []CertificateRequest{{Station: "A", Wish: WishSign}}},
		"no wish":                CertificateAsked{Station: "A"},
	} {
		if err := e.Check(); !errors.Is(err, ErrInvalidEvent) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
