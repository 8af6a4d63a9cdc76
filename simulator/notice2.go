package simulator

import (
	"context"
	"encoding/json"
	"maps"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp21"
	"github.com/chargeyard/chargeyard/station"
)

func (speech21) notice(ctx context.Context, s *Station, n notice, o *outlet) error {
	return s.notice2(ctx, n, o)
}
func (speech201) notice(ctx context.Context, s *Station, n notice, o *outlet) error {
	return s.notice2(ctx, n, o)
}

// notice2 sends a notice in the words of 2.x.
func (s *Station) notice2(ctx context.Context, n notice, o *outlet) error {
	switch n.action {
	case "MeterValues":
		return s.speech.meter(ctx, s, o, o.latest().only(nil), moment{at: n.when(s), context: readClock})
	case "NotifyEvent":
		if event, told := s.deviceEvent(n, o); told {
			return s.invoke(ctx, n.action, event)
		}
		return nil
	case "OpenPeriodicEventStream":
		return s.stream(ctx, n.when(s))
	}
	return s.invoke(ctx, n.action, s.payload2(n, o))
}

func (s *Station) invoke(ctx context.Context, action string, payload any) error {
	text, err := json.Marshal(payload)
	if err == nil {
		_, err = s.client.Invoke(ctx, action, text)
	}
	return err
}

// payload2 is the content of a notice.
func (s *Station) payload2(n notice, o *outlet) map[string]any {
	now, evse := ocpp.At(n.when(s)), 1
	if o != nil {
		evse = o.id
	}
	switch n.action {
	case "SecurityEventNotification":
		return map[string]any{"type": n.event, "timestamp": now, "techInfo": n.info}
	case "FirmwareStatusNotification", "LogStatusNotification", "PublishFirmwareStatusNotification":
		return map[string]any{"status": n.status}
	case "DataTransfer":
		return map[string]any{"vendorId": vendor, "messageId": "Hello", "data": map[string]any{"from": s.identity}}
	case "NotifyChargingLimit":
		return map[string]any{"chargingLimit": map[string]any{"chargingLimitSource": "EMS", "isGridCritical": false}, "evseId": evse}
	case "ClearedChargingLimit":
		return map[string]any{"chargingLimitSource": "EMS", "evseId": evse}
	case "SignCertificate":
		return map[string]any{"csr": s.csr(), "certificateType": "ChargingStationCertificate"}
	case "GetCertificateStatus":
		return map[string]any{"ocspRequestData": ocspRequest}
	case "NotifyEVChargingSchedule":
		period := map[string]any{"startPeriod": 0, "limit": 16}
		return map[string]any{"timeBase": now, "evseId": evse, "chargingSchedule": map[string]any{"id": 1, "chargingRateUnit": "A", "chargingSchedulePeriod": []any{period}}}
	}
	return s.payload21(n, evse, now)
}

// ocspRequest asks about a certificate that nobody has issued.
var ocspRequest = ocpp21.OCSPRequestData{
	HashAlgorithm: ocpp21.HashAlgorithmSHA256, IssuerNameHash: "00", IssuerKeyHash: "00", SerialNumber: "1", ResponderURL: "http://ocsp.invalid",
}

// payload21 is the content of a notice that only OCPP 2.1 has.
func (s *Station) payload21(n notice, evse int, now ocpp.Time) map[string]any {
	switch n.action {
	case "NotifyDERAlarm":
		return map[string]any{"controlType": "FreqDroop", "timestamp": now, "gridEventFault": "OverFrequency", "alarmEnded": false}
	case "NotifySettlement":
		return map[string]any{"pspRef": "PSP-" + s.identity, "status": "Canceled", "settlementAmount": 0, "settlementTime": now}
	case "VatNumberValidation":
		return map[string]any{"vatNumber": "NL000000000B00", "evseId": evse}
	case "ClosePeriodicEventStream":
		return map[string]any{"id": 1}
	case "PullDynamicScheduleUpdate":
		return map[string]any{"chargingProfileId": 1}
	}
	return map[string]any{}
}

// deviceEvent tells of a variable that is not as it should be. The severity of a fault is 2, of others 6; told is false when
// the CSMS does not want to hear of it.
func (s *Station) deviceEvent(n notice, o *outlet) (content map[string]any, told bool) {
	severity, component, name, value := 6, "ChargingStation", "Temperature", "61"
	if n.event == noticeFault.event {
		severity, component, name, value = 2, "EVSE", "Problem", "true"
	}
	id, told := s.monitors.nextEvent(severity)
	event := map[string]any{
		"eventId": id, "timestamp": ocpp.At(n.when(s)), "trigger": "Alerting", "actualValue": value, "eventNotificationType": "HardWiredNotification",
		"techInfo": n.event, "cleared": false,
		"component": map[string]any{"name": component, "evse": map[string]any{"id": o.id}}, "variable": map[string]any{"name": name},
	}
	if s.version() == ocpp.V21 {
		maps.Copy(event, map[string]any{"severity": severity})
	}
	return map[string]any{"generatedAt": ocpp.At(n.when(s)), "seqNo": 0, "tbc": false, "eventData": []any{event}}, told
}

// stream opens a periodic event stream, sends into it, and closes it (N11, N13, N15).
func (s *Station) stream(ctx context.Context, at time.Time) error {
	const id = 1
	open := map[string]any{"constantStreamData": map[string]any{"id": id, "variableMonitoringId": id, "params": map[string]any{"interval": 1, "values": 2}}}
	if err := s.invoke(ctx, "OpenPeriodicEventStream", open); err != nil {
		return err
	}
	data := &ocpp21.NotifyPeriodicEventStreamRequest{
		ID: id, Basetime: ocpp.At(at),
		Data: []ocpp21.StreamDataElement{{T: ocpp.Dec(0, 0), V: json.RawMessage(`"229.8"`)}, {T: ocpp.Dec(1, 0), V: json.RawMessage(`"230.1"`)}},
	}
	if err := station.Send(ctx, s.client, data); err != nil {
		return err
	}
	return s.invoke(ctx, "ClosePeriodicEventStream", map[string]any{"id": id})
}

// notifyChargingNeeds tells what a vehicle wants (K15).
func (s *Station) notifyChargingNeeds(ctx context.Context, o *outlet, car *battery) {
	wh := int(car.capacityWh - car.chargeWh)
	needs := map[string]any{"requestedEnergyTransfer": "AC_three_phase", "acChargingParameters": map[string]any{
		"energyAmount": wh, "evMinCurrent": 6, "evMaxCurrent": 32, "evMaxVoltage": 400,
	}}
	if s.kind().Hardware.Current == "DC" {
		needs = map[string]any{"requestedEnergyTransfer": "DC", "dcChargingParameters": map[string]any{
			"evMaxCurrent": int(car.maxW / 400), "evMaxVoltage": 400, "energyAmount": wh, "stateOfCharge": int(car.soc() * 100),
		}}
	}
	s.mishap("tell charging needs", s.invoke(ctx, "NotifyEVChargingNeeds", map[string]any{"evseId": o.id, "maxScheduleTuples": 10, "chargingNeeds": needs}))
}
