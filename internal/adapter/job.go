package adapter

import (
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// Acknowledged is the status of a job that a station of OCPP 1.6 was asked for: its answer has none.
const Acknowledged = "Acknowledged"

// JobBegun returns the job that begins with a station's answer, nil when it said no. A job that took another one's place
// (AcceptedCanceled) begins like any other.
func JobBegun(station string, kind fleet.JobKind, action, status string, requestID *int64, asked fleet.JobAsked) []fleet.Event {
	switch status {
	case "AcceptedCanceled":
		status = "Accepted" // as a status of its own it would be the end of the job that was given up
	case "Accepted", Acknowledged:
	default:
		return nil
	}
	return []fleet.Event{fleet.JobReported{
		Station: station, Received: time.Now(), Kind: kind, Action: action, Status: status, RequestID: requestID, Asked: &asked,
	}}
}

// Number returns the number of a request.
func Number(requestID int) *int64 {
	n := int64(requestID)
	return &n
}
