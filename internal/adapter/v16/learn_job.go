package v16

import (
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp16"
)

// learnJobs takes the jobs that a station has said yes to (1.6 5.9, 5.19; security whitepaper L01, N01). GetDiagnostics without
// the name of a file means that there is nothing to upload.
func learnJobs(station string, req, resp any) []fleet.Event {
	switch req := req.(type) {
	case *ocpp16.UpdateFirmwareRequest:
		return adapter.JobBegun(station, fleet.JobFirmware, req.OCPPAction().Name, adapter.Acknowledged, nil,
			fleet.JobAsked{Location: req.Location, RetrieveAt: req.RetrieveDate.Time})
	case *ocpp16.SignedUpdateFirmwareRequest:
		if resp, ok := resp.(*ocpp16.SignedUpdateFirmwareResponse); ok {
			return adapter.JobBegun(station, fleet.JobFirmware, req.OCPPAction().Name, string(resp.Status), adapter.Number(req.RequestID), fleet.JobAsked{
				Location: req.Firmware.Location, RetrieveAt: req.Firmware.RetrieveDateTime.Time, InstallAt: req.Firmware.InstallDateTime.Time,
			})
		}
	case *ocpp16.GetDiagnosticsRequest:
		if resp, ok := resp.(*ocpp16.GetDiagnosticsResponse); ok && resp.FileName.Or("") != "" {
			return adapter.JobBegun(station, fleet.JobDiagnostics, req.OCPPAction().Name, adapter.Acknowledged, nil, fleet.JobAsked{Location: req.Location})
		}
	case *ocpp16.GetLogRequest:
		if resp, ok := resp.(*ocpp16.GetLogResponse); ok {
			return adapter.JobBegun(station, fleet.JobLog, req.OCPPAction().Name, string(resp.Status), adapter.Number(req.RequestID),
				fleet.JobAsked{Location: req.Log.RemoteLocation})
		}
	}
	return nil
}
