package server

import "github.com/chargeyard/chargeyard/internal/fleet"

// numbered gives requests for reports the number that the parts of the report bear, and display messages without an id a new
// one. Verbs that need no number are returned as they are.
func numbered(v fleet.Verb) fleet.Verb {
	switch v := v.(type) {
	case *fleet.ReportBaseRequest:
		return with(*v, func(r *fleet.ReportBaseRequest) { r.RequestID = freshNumber() })
	case *fleet.ReportCustomRequest:
		return with(*v, func(r *fleet.ReportCustomRequest) { r.RequestID = freshNumber() })
	case *fleet.ReportMonitorsRequest:
		return with(*v, func(r *fleet.ReportMonitorsRequest) { r.RequestID = freshNumber() })
	case *fleet.GetDisplayMessagesRequest:
		return with(*v, func(r *fleet.GetDisplayMessagesRequest) { r.RequestID = freshNumber() })
	case *fleet.CustomerInformationRequest:
		return with(*v, func(r *fleet.CustomerInformationRequest) { r.RequestID = freshNumber() })
	case *fleet.SetDisplayMessageRequest:
		return with(*v, func(r *fleet.SetDisplayMessageRequest) { r.FreshID = freshNumber() })
	}
	return v
}

// with changes a copy of a verb, which may be for many stations.
func with[T any](v T, change func(*T)) *T {
	change(&v)
	return &v
}
