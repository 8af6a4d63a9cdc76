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
	at     time.Time // by the clock of the station; zero: now
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

// when is the moment that a notice is about, by the clock of the station.
func (n notice) when(s *Station) time.Time {
	if n.at.IsZero() {
		return s.now()
	}
	return n.at
}

// takeCare does what a station does by itself: it reboots, tells of this and that, and sends clock-aligned meter values.
func (s *Station) takeCare(ctx context.Context, p *plan) {
	d, in := s.fleet.draws(s.number, aspectCare), s.kind().Incidents
	due := func(r Range) (t time.Time) {
		if !r.IsZero() {
			t = p.now.Add(d.in(r))
		}
		return t
	}
	reboot, notices, aligned := due(in.Reboot), due(in.Notice), p.now.Add(s.untilAligned(p))
	for p.pass(p.next(reboot, notices, aligned), inputs{}).what == camePlanned && !p.over() {
		switch {
		case p.has(reboot):
			s.reboot(ctx, StopReboot)
			reboot = due(in.Reboot)
		case p.has(notices):
			n, o := s.noticesOf(), s.outlets[d.IntN(len(s.outlets))]
			s.noticeAt(ctx, n[d.IntN(len(n))], o, s.stamp(p.now))
			notices = due(in.Notice)
		default:
			s.meterAligned(ctx, s.stamp(p.now))
			aligned = p.now.Add(s.untilAligned(p))
		}
	}
}

// noticeAt tells of something that is about a moment.
func (s *Station) noticeAt(ctx context.Context, n notice, o *outlet, at time.Time) {
	n.at = at
	s.notice(ctx, n, o)
}

// alignedPoll is how often a station looks whether clock-aligned meter values have been switched on.
const alignedPoll = time.Minute

// untilAligned is the time to the next multiple of the interval since midnight, by the clock of the station.
func (s *Station) untilAligned(p *plan) time.Duration {
	every := time.Duration(s.vars.seconds(s.speech.keys().aligned, 0)) * time.Second
	if every == 0 {
		return alignedPoll
	}
	now := s.stamp(p.now)
	return every - now.Sub(now.Truncate(24*time.Hour))%every
}

// meterAligned sends the clock-aligned meter values of EVSEs that charge nothing; the others send their own (J01.FR.22).
func (s *Station) meterAligned(ctx context.Context, at time.Time) {
	if s.vars.seconds(s.speech.keys().aligned, 0) == 0 {
		return
	}
	var idle []*outlet
	for _, o := range s.outlets {
		if o.running() == nil {
			idle = append(idle, o)
		}
	}
	s.meterThese(ctx, idle, moment{at: at, context: readClock})
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
