package v21

import (
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// learnJobs takes the jobs that a station has said yes to (L01, L02, L03, N01).
func learnJobs(station string, req, resp any) []fleet.Event {
	switch req := req.(type) {
	case *ocpp21.UpdateFirmwareRequest:
		if resp, ok := resp.(*ocpp21.UpdateFirmwareResponse); ok {
			return adapter.JobBegun(station, fleet.JobFirmware, req.OCPPAction().Name, string(resp.Status), adapter.Number(req.RequestID), fleet.JobAsked{
				Location: req.Firmware.Location, RetrieveAt: req.Firmware.RetrieveDateTime.Time, InstallAt: req.Firmware.InstallDateTime.Time,
			})
		}
	case *ocpp21.PublishFirmwareRequest:
		if resp, ok := resp.(*ocpp21.PublishFirmwareResponse); ok {
			return adapter.JobBegun(station, fleet.JobPublish, req.OCPPAction().Name, string(resp.Status), adapter.Number(req.RequestID),
				fleet.JobAsked{Location: req.Location})
		}
	case *ocpp21.GetLogRequest:
		if resp, ok := resp.(*ocpp21.GetLogResponse); ok {
			return adapter.JobBegun(station, fleet.JobLog, req.OCPPAction().Name, string(resp.Status), adapter.Number(req.RequestID),
				fleet.JobAsked{Location: req.Log.RemoteLocation})
		}
	}
	return nil
}
