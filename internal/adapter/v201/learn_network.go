package v201

import (
	"time"

	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp201"
)

// learnNetwork takes which network profile a station took over (B09).
func learnNetwork(station string, req, resp any) []fleet.Event {
	response, ok := resp.(*ocpp201.SetNetworkProfileResponse)
	request, ok2 := req.(*ocpp201.SetNetworkProfileRequest)
	if !ok || !ok2 {
		return nil
	}
	a := answer(string(response.Status), response.StatusInfo)
	p := networkProfile(station, request)
	a.Station, a.Action, a.Object, a.Value = station, "SetNetworkProfile", fleet.ObjectID(p.Slot), p.URL
	return adapter.Answered(a, adapter.When(a.Took(), fleet.NetworkProfileSet{Profile: p})...)
}

// networkProfile reads a profile without passwords, PINs and keys.
func networkProfile(station string, req *ocpp201.SetNetworkProfileRequest) fleet.NetworkProfile {
	d := &req.ConnectionData
	p := fleet.NetworkProfile{
		Station: station, Slot: int64(req.ConfigurationSlot), Version: string(d.OCPPVersion), Transport: string(d.OCPPTransport),
		URL: fleet.HideUser(d.OCPPCSMSURL), MessageTimeout: int64(d.MessageTimeout), SecurityProfile: int64(d.SecurityProfile),
		Interface: string(d.OCPPInterface), Set: time.Now(),
	}
	if d.APN != nil {
		p.APN, p.APNUser = d.APN.APN, d.APN.APNUserName.Or("")
	}
	if d.VPN != nil {
		p.VPN, p.VPNType, p.VPNUser = fleet.HideUser(d.VPN.Server), string(d.VPN.Type), d.VPN.User
	}
	return p
}
