package sqlite

import (
	"github.com/chargeyard/chargeyard/internal/fleet"
)

// openReport is a report that a part may belong to.
type openReport struct {
	number  int64
	parts   int64
	highSeq int64
	lastSeq *int64
}

// reportPart notes that a part of a report arrived, and returns the number of the report. A part that is there already,
// with the same content, is fresh no more: it changes nothing. A part whose place is taken by another content, or that comes
// after the end, begins another report: request ids come again, and a station may begin again after an interruption.
func (w *writer) reportPart(station string, kind fleet.ReportKind, now int64, p fleet.ReportPart, content any) (number int64, fresh bool, err error) {
	digest, err := p.Digest(content)
	if err != nil {
		return 0, false, err
	}
	r, found, err := w.findReport(station, kind, p.RequestID)
	if err != nil {
		return 0, false, err
	}
	if found {
		known, err := w.knowsPart(r, digest)
		if known || err != nil {
			return r.number, false, err
		}
		found, err = w.belongs(r, &p)
		if err != nil {
			return 0, false, err
		}
	} else if !p.Numbered {
		p.SeqNo = 0
	}
	if !found {
		r, err = w.beginReport(station, kind, now, p)
	}
	if err != nil {
		return 0, false, err
	}
	return r.number, true, w.addPart(r, now, p, digest)
}

// findReport finds the latest report of a request.
func (w *writer) findReport(station string, kind fleet.ReportKind, request int64) (r openReport, found bool, err error) {
	found, err = w.queryRow(`SELECT number, parts, high_seq, last_seq FROM reports
			WHERE station = ? AND kind = ? AND request_id = ? ORDER BY number DESC LIMIT 1`,
		[]any{station, string(kind), request}, []any{&r.number, &r.parts, &r.highSeq, &r.lastSeq})
	return r, found, err
}

func (w *writer) knowsPart(r openReport, digest string) (bool, error) {
	var seq int64
	return w.queryRow("SELECT seq_no FROM report_parts WHERE report = ? AND digest = ?", []any{r.number, digest}, []any{&seq})
}

// belongs reports whether a part is one that the report lacks. A part without a number is the next one, until the end.
func (w *writer) belongs(r openReport, p *fleet.ReportPart) (bool, error) {
	if !p.Numbered {
		p.SeqNo = 0
		if r.lastSeq != nil {
			return false, nil
		}
		p.SeqNo = r.highSeq + 1
	}
	if r.lastSeq != nil && p.SeqNo > *r.lastSeq {
		return false, nil
	}
	var digest string
	taken, err := w.queryRow("SELECT digest FROM report_parts WHERE report = ? AND seq_no = ?", []any{r.number, p.SeqNo}, []any{&digest})
	return !taken, err
}

func (w *writer) beginReport(station string, kind fleet.ReportKind, now int64, p fleet.ReportPart) (openReport, error) {
	r := openReport{highSeq: -1}
	_, err := w.queryRow(`INSERT INTO reports (station, kind, request_id, begun_at, updated_at, parts, high_seq, last_seq, missing)
			VALUES (?, ?, ?, ?, ?, 0, -1, NULL, 0) RETURNING number`,
		[]any{station, string(kind), p.RequestID, now, now}, []any{&r.number})
	if err != nil {
		return r, err
	}
	return r, w.keepLatest(station, fleet.KeptReports, w.removeReport)
}

func (w *writer) removeReport(station string) error {
	const oldest = "(SELECT MIN(number) FROM reports WHERE station = ?)"
	for _, statement := range [...]string{
		"DELETE FROM report_parts WHERE report = " + oldest,
		"DELETE FROM customer_texts WHERE report = " + oldest,
		"DELETE FROM reports WHERE number = " + oldest,
	} {
		if err := w.exec(statement, station); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) addPart(r openReport, now int64, p fleet.ReportPart, digest string) error {
	if r.parts < int64(w.o.Devices.ReportParts) {
		if err := w.exec("INSERT INTO report_parts (report, seq_no, digest) VALUES (?, ?, ?)", r.number, p.SeqNo, digest); err != nil {
			return err
		}
	}
	r.parts++
	r.highSeq = max(r.highSeq, p.SeqNo)
	if !p.More {
		r.lastSeq = &p.SeqNo
	}
	return w.exec("UPDATE reports SET updated_at = ?, parts = ?, high_seq = ?, last_seq = ?, missing = ? WHERE number = ?",
		now, r.parts, r.highSeq, r.lastSeq, max(0, r.highSeq+1-r.parts), r.number)
}

// reportNotice tells of a part. It says how many entries came, and not which: a report has thousands.
func (w *writer) reportNotice(e fleet.Event, kind fleet.ReportKind, number int64, p fleet.ReportPart, entries int, received int64) error {
	return w.notice(fleet.FromMicros(received), fleet.NoticeReport, e.About(), struct {
		Report    int64            `json:"report"`
		Kind      fleet.ReportKind `json:"kind"`
		RequestID int64            `json:"requestId"`
		SeqNo     int64            `json:"seqNo"`
		Last      bool             `json:"last"`
		Entries   int              `json:"entries"`
	}{number, kind, p.RequestID, p.SeqNo, !p.More, entries})
}
