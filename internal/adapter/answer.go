package adapter

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// Answered is an answer to a request that changes something, about one thing.
func Answered(a fleet.DeviceAnswer, changes ...fleet.DeviceChange) []fleet.Event {
	e := Changed(a.Station, a.Action)
	a.Received = e.Received
	e.Answers, e.Changes = []fleet.DeviceAnswer{a}, changes
	return []fleet.Event{e}
}

// Said is an answer to a request that is kept as it is: what the request was about, and what was to come of it.
func Said(station string, req Instruction, object, value string, a fleet.DeviceAnswer) []fleet.Event {
	return SaidAt(station, req, fleet.Setting{}, object, value, a)
}

// SaidAt is Said about a place.
func SaidAt(station string, req Instruction, place fleet.Setting, object, value string, a fleet.DeviceAnswer) []fleet.Event {
	a.Station, a.Action, a.Setting, a.Object, a.Value = station, req.OCPPAction().Name, place, object, value
	return Answered(a)
}

// Learned is what is otherwise since an answer that is a fact, not a yes or a no.
func Learned(station string, req Instruction, changes ...fleet.DeviceChange) []fleet.Event {
	e := Changed(station, req.OCPPAction().Name)
	e.Changes = changes
	return []fleet.Event{e}
}

// Place is an EVSE, or one of its connectors, without a variable; zeros are the whole station. What can be no place is none.
func Place(evse, connector int) fleet.Setting {
	return fleet.Setting{EVSE: max(0, evse), Connector: max(0, connector)}
}

// VendorMessage names a message that a vendor has defined.
func VendorMessage(vendor, message string) string {
	if message == "" {
		return vendor
	}
	return vendor + "/" + message
}

// CustomerWish says what was asked for about a person, without saying who.
func CustomerWish(report, forget bool) string {
	switch {
	case report && forget:
		return "report, clear"
	case forget:
		return "clear"
	}
	return "report"
}

// Changed begins an answer that tells of several things, or of none that was asked for.
func Changed(station, action string) fleet.DeviceAnswered {
	return fleet.DeviceAnswered{Station: station, Received: time.Now(), Action: action}
}

// Recorded is something that follows from an answer and is kept as if the station had told it.
func Recorded(station string, list ...fleet.Record) fleet.Event {
	return fleet.Told{Station: station, Received: time.Now(), Records: list}
}

// VariablesTold is an answer that tells values, without secrets; none when the list is empty. An attribute that is not named
// is the Actual one.
func VariablesTold(station, action string, list []fleet.Variable) []fleet.Event {
	if len(list) == 0 {
		return nil
	}
	now := time.Now()
	for i, v := range list {
		v.Station, v.Received, v.Source = station, now, action
		if v.Attribute == "" {
			v.Attribute = fleet.AttributeActual
		}
		list[i] = v.Redacted()
	}
	return []fleet.Event{fleet.VariablesReported{Station: station, Received: now, Action: action, List: list}}
}

// When returns the changes that an answer stands for, none unless it does.
func When(yes bool, changes ...fleet.DeviceChange) []fleet.DeviceChange {
	if !yes {
		return nil
	}
	return changes
}

// Installed describes a certificate that goes to a station, as far as it can be read: the first one of the PEM.
func Installed(station, use, text string) fleet.InstalledCertificate {
	c := fleet.InstalledCertificate{Station: station, Use: use, InstalledAt: time.Now()}
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return c
	}
	sum := sha256.Sum256(block.Bytes)
	c.Fingerprint = hex.EncodeToString(sum[:])
	if parsed, err := x509.ParseCertificate(block.Bytes); err == nil {
		c.Subject, c.SerialNumber, c.NotAfter = parsed.Subject.String(), parsed.SerialNumber.Text(16), parsed.NotAfter
	}
	return c
}

// InstallAnswered is an answer to InstallCertificate. A certificate that is there already was accepted, too (M05.FR.17).
func InstallAnswered(station, use, text string, a fleet.DeviceAnswer) []fleet.Event {
	c := Installed(station, use, text)
	a.Station, a.Action, a.Value, a.Object = station, "InstallCertificate", c.Subject, use
	if c.Fingerprint != "" {
		a.Object += "/" + c.Fingerprint
	}
	return Answered(a, When(a.Took(), fleet.CertificateInstalled{Certificate: c})...)
}

// SignedAnswered is an answer to CertificateSigned. A certificate whose use is not said is for all the station needs one for
// (A02.FR.14).
func SignedAnswered(station, use, text string, a fleet.DeviceAnswer) []fleet.Event {
	a.Station, a.Action, a.Object, a.Value = station, "CertificateSigned", use, Installed(station, use, text).Subject
	return Answered(a)
}

// DeleteAnswered is an answer to DeleteCertificate. One that was not found is not there.
func DeleteAnswered(station string, h fleet.CertificateHash, a fleet.DeviceAnswer) []fleet.Event {
	a.Station, a.Action, a.Object = station, "DeleteCertificate", h.SerialNumber
	return Answered(a, When(a.Took() || a.Status == "NotFound", fleet.CertificateDeleted{Hash: h})...)
}

// Listed is an answer to GetInstalledCertificateIds.
func Listed(station string, uses []string, list []fleet.InstalledCertificate) []fleet.Event {
	e := Changed(station, "GetInstalledCertificateIds")
	for i := range list {
		list[i].Station, list[i].Listed = station, e.Received
	}
	e.Changes = []fleet.DeviceChange{fleet.CertificatesListed{Uses: uses, List: list}}
	return []fleet.Event{e}
}
