package sqlite

import (
	"github.com/chargeyard/chargeyard/internal/fleet"
)

// certificateAsked notes what a station wants. Asking the same again is counted: a station that asks each week is not
// forgotten, and one that asks each second fills no list.
func (w *writer) certificateAsked(e fleet.CertificateAsked) (fleet.Result, error) {
	if err := w.ensureStation(e.Station, e.Received); err != nil {
		return fleet.Result{}, err
	}
	known := true
	for _, r := range e.List {
		r = tidyRequest(r)
		again, err := w.askAgain(r, fleet.Micros(e.Received))
		if err != nil {
			return fleet.Result{}, err
		}
		if again {
			continue
		}
		known = false
		if err := w.insertRequest(r, fleet.Micros(e.Received)); err != nil {
			return fleet.Result{}, err
		}
		if err := w.requestNotice(e, r); err != nil {
			return fleet.Result{}, err
		}
	}
	return fleet.Result{Duplicate: known}, nil
}

// tidyRequest returns r with texts that can be kept.
func tidyRequest(r fleet.CertificateRequest) fleet.CertificateRequest {
	for _, text := range []*string{
		&r.Use, &r.KeyAlgorithm, &r.HashAlgorithm, &r.IssuerNameHash, &r.IssuerKeyHash, &r.SerialNumber, &r.Source, &r.Schema, &r.Action,
	} {
		*text = fleet.Clip(*text, maxWord)
	}
	r.Subject, r.Fault, r.URL = fleet.Clip(r.Subject, maxText), fleet.Clip(r.Fault, maxText), fleet.HideUser(fleet.Clip(r.URL, maxText))
	return r
}

func (w *writer) askAgain(r fleet.CertificateRequest, now int64) (bool, error) {
	n, err := w.execCount(`UPDATE certificate_requests SET status = ?, reason = ?, last_asked = ?, times = times + 1
			WHERE station = ? AND digest = ?`, r.Status, r.Reason, now, r.Station, r.Digest())
	return n > 0, err
}

func (w *writer) insertRequest(r fleet.CertificateRequest, now int64) error {
	err := w.exec(`INSERT INTO certificate_requests (station, digest, wish, status, reason, request_id, certificate_use, subject,
			key_algorithm, key_bits, fingerprint, fault, hash_algorithm, issuer_name_hash, issuer_key_hash, serial_number, source, url,
			schema_version, action, first_asked, last_asked, times)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)`,
		r.Station, r.Digest(), string(r.Wish), r.Status, r.Reason, r.RequestID, r.Use, r.Subject, r.KeyAlgorithm, r.KeyBits, r.Fingerprint,
		r.Fault, r.HashAlgorithm, r.IssuerNameHash, r.IssuerKeyHash, r.SerialNumber, r.Source, r.URL, r.Schema, r.Action, now, now)
	if err != nil {
		return err
	}
	return w.keepLatest(r.Station, fleet.KeptCertificates, w.removeRequest)
}

func (w *writer) removeRequest(station string) error {
	return w.exec("DELETE FROM certificate_requests WHERE number = (SELECT MIN(number) FROM certificate_requests WHERE station = ?)", station)
}

func (w *writer) requestNotice(e fleet.CertificateAsked, r fleet.CertificateRequest) error {
	return w.notice(e.Received, fleet.NoticeCertificateAsked, e.Station, struct {
		Wish    fleet.CertificateWish `json:"wish"`
		Use     string                `json:"use,omitempty"`
		Subject string                `json:"subject,omitempty"`
		Serial  string                `json:"serialNumber,omitempty"`
		Status  string                `json:"status"`
		Reason  string                `json:"reason,omitempty"`
	}{r.Wish, r.Use, fleet.Clip(r.Subject, maxWord), r.SerialNumber, r.Status, r.Reason})
}
