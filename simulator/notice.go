package simulator

import (
	"context"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
)

// notice is something that a station tells beside its sessions.
type notice struct {
	action string
	status string // of messages that have one
	event  string // the type of a security event
	info   string
}

// noticeFault is a fault of an EVSE.
var noticeFault = notice{action: "NotifyEvent", event: "GroundFailure"}

// notice tells of something, and counts when that fails.
func (s *Station) notice(ctx context.Context, n notice, o *outlet) {
	s.mishap("send "+n.action, s.speech.notice(ctx, s, n, o))
}

func (s *Station) securityEvent(ctx context.Context, kind, info string) {
	s.notice(ctx, notice{action: "SecurityEventNotification", event: kind, info: info}, nil)
}

// takeCare does what a station does by itself: it reboots, tells of this and that, and sends clock-aligned meter values.
func (s *Station) takeCare(ctx, soft context.Context) {
	d, in := s.fleet.draws(s.number, aspectCare), s.kind().Incidents
	due := func(r Range) *time.Timer {
		if r.IsZero() {
			return time.NewTimer(never)
		}
		return s.timer(d.in(r))
	}
	reboot, notices, aligned := due(in.Reboot), due(in.Notice), s.timer(s.untilAligned())
	defer reboot.Stop()
	defer notices.Stop()
	defer aligned.Stop()
	for {
		select {
		case <-soft.Done():
			return
		case <-reboot.C:
			s.reboot(ctx, StopReboot)
			reboot.Reset(s.fleet.clock.real(d.in(in.Reboot)))
		case <-notices.C:
			list := s.noticesOf()
			s.notice(ctx, list[d.IntN(len(list))], s.outlets[d.IntN(len(s.outlets))])
			notices.Reset(s.fleet.clock.real(d.in(in.Notice)))
		case <-aligned.C:
			s.meterAligned(ctx)
			aligned.Reset(s.fleet.clock.real(s.untilAligned()))
		}
	}
}

// alignedPoll is how often a station looks whether clock-aligned meter values have been switched on.
const alignedPoll = time.Minute

// untilAligned is the time to the next multiple of the interval since midnight, by the clock of the station.
func (s *Station) untilAligned() time.Duration {
	every := time.Duration(s.vars.seconds(s.speech.keys().aligned, 0)) * time.Second
	if every == 0 {
		return alignedPoll
	}
	now := s.now()
	return every - now.Sub(now.Truncate(24*time.Hour))%every
}

// meterAligned sends the clock-aligned meter values of EVSEs that charge nothing; the others send their own (J01.FR.22).
func (s *Station) meterAligned(ctx context.Context) {
	if s.vars.seconds(s.speech.keys().aligned, 0) == 0 {
		return
	}
	var idle []*outlet
	for _, o := range s.outlets {
		if o.running() == nil {
			idle = append(idle, o)
		}
	}
	s.meterThese(ctx, idle, readClock)
}

// noticesOf are the notices that the version of the station has.
func (s *Station) noticesOf() []notice {
	list := []notice{
		{action: "SecurityEventNotification", event: "SettingSystemTime", info: "by the CSMS"},
		{action: "DataTransfer"}, {action: "Heartbeat"},
		{action: "FirmwareStatusNotification", status: "Idle"}, {action: "LogStatusNotification", status: "Idle"},
	}
	if s.version() == ocpp.V16 {
		return append(list, notice{action: "DiagnosticsStatusNotification", status: "Idle"})
	}
	list = append(list, notice{action: "NotifyEvent", event: "Temperature"}, notice{action: "NotifyChargingLimit"}, notice{action: "ClearedChargingLimit"},
		notice{action: "SignCertificate"}, notice{action: "MeterValues"}, notice{action: "GetCertificateStatus"}, notice{action: "NotifyEVChargingSchedule"})
	if s.version() == ocpp.V21 {
		list = append(list, notice{action: "NotifyDERAlarm"}, notice{action: "NotifySettlement"}, notice{action: "VatNumberValidation"},
			notice{action: "OpenPeriodicEventStream"}, notice{action: "ClosePeriodicEventStream"}, notice{action: "PullDynamicScheduleUpdate"})
	}
	return list
}
