package fleet

import "time"

// CustomerReported is a NotifyCustomerInformation (N09, N10): a part of what a station knows of a person. Its text is personal
// data: it is bounded, kept for a limited time, can be deleted, and appears in no notice and no log.
type CustomerReported struct {
	Station  string
	Received time.Time
	Part     ReportPart
	Text     string
}

// CustomerInformation is what a station told of a person on one request.
type CustomerInformation struct {
	Report
	Text string // in the order of the parts; "" when there was none, or it is deleted by now
}

// About returns the station's identity.
func (e CustomerReported) About() string { return e.Station }

// Check demands a station and a number of the part that can be.
func (e CustomerReported) Check() error { return e.Part.check(e.Station) }
