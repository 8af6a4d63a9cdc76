package simulator

import (
	"context"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp21"
	"github.com/chargeyard/chargeyard/station"
)

// speech21 speaks OCPP 2.1.
type speech21 struct{}

func (speech21) protocol() *ocpp.Protocol { return ocpp21.Protocol }
func (speech21) variables() *variables    { return newVariables2() }
func (speech21) sampleKey() string        { return "SampledDataCtrlr.TxUpdatedInterval" }

func (speech21) boot(s *Station) any {
	return &ocpp21.BootNotificationRequest{
		Reason: ocpp21.BootReasonPowerUp,
		ChargingStation: ocpp21.ChargingStation{
			Model: model, VendorName: vendor,
			SerialNumber:    ocpp.Some(s.serial()),
			FirmwareVersion: ocpp.Some(firmware),
		},
	}
}

func (speech21) ownID(tx *transaction) string { return tx.id }

func (speech21) status(ctx context.Context, s *Station, o *outlet) error {
	status := ocpp21.ConnectorStatusOccupied
	switch o.shown() {
	case connectorAvailable:
		status = ocpp21.ConnectorStatusAvailable
	case connectorUnavailable:
		status = ocpp21.ConnectorStatusUnavailable
	}
	_, err := station.Call(ctx, s.client, &ocpp21.StatusNotificationRequest{
		Timestamp: ocpp.At(time.Now()), ConnectorStatus: status, EVSEID: o.id, ConnectorID: 1,
	})
	return err
}

func (speech21) authorize(ctx context.Context, s *Station, token string) (bool, error) {
	resp, err := station.Call(ctx, s.client, &ocpp21.AuthorizeRequest{IDToken: idToken21(token)})
	if err != nil {
		return false, err
	}
	return resp.IDTokenInfo.Status == ocpp21.AuthorizationStatusAccepted, nil
}

func idToken21(token string) ocpp21.IDToken {
	return ocpp21.IDToken{IDToken: token, Type: "ISO14443"}
}

// event21 makes the next event of a transaction.
func event21(o *outlet, tx *transaction, kind ocpp21.TransactionEvent, trigger ocpp21.TriggerReason) *ocpp21.TransactionEventRequest {
	e := &ocpp21.TransactionEventRequest{
		EventType: kind, TriggerReason: trigger, Timestamp: ocpp.At(time.Now()), SeqNo: tx.seqNo,
		TransactionInfo: ocpp21.Transaction{TransactionID: tx.id},
		EVSE:            &ocpp21.EVSE{ID: o.id, ConnectorID: ocpp.Some(1)},
	}
	tx.seqNo++
	return e
}

func (speech21) start(ctx context.Context, s *Station, o *outlet, tx *transaction) error {
	trigger := ocpp21.TriggerReasonAuthorized
	if tx.remoteID != (ocpp.Opt[int]{}) {
		trigger = ocpp21.TriggerReasonRemoteStart
	}
	e := event21(o, tx, ocpp21.TransactionEventStarted, trigger)
	token := idToken21(tx.token)
	e.IDToken = &token
	e.Timestamp = ocpp.At(tx.started)
	e.TransactionInfo.ChargingState = ocpp21.ChargingStateCharging
	e.TransactionInfo.RemoteStartID = tx.remoteID
	e.MeterValue = []ocpp21.MeterValue{register21(tx.startWh, ocpp21.ReadingContextTransactionBegin)}
	return enqueue(s, tx, e, nil, func(r *ocpp21.TransactionEventResponse) {
		if r.IDTokenInfo != nil && r.IDTokenInfo.Status != ocpp21.AuthorizationStatusAccepted {
			o.requestStop(StopDeauthorized)
		}
	})
}

func (speech21) sample(ctx context.Context, s *Station, o *outlet, tx *transaction, r reading) error {
	e := event21(o, tx, ocpp21.TransactionEventUpdated, ocpp21.TriggerReasonMeterValuePeriodic)
	e.MeterValue = []ocpp21.MeterValue{meterValue21(r)}
	return enqueue(s, tx, e, r.told, nil)
}

func register21(wh int64, when ocpp21.ReadingContext) ocpp21.MeterValue {
	return ocpp21.MeterValue{
		Timestamp: ocpp.At(time.Now()),
		SampledValue: []ocpp21.SampledValue{{
			Value: ocpp.Dec(wh, 0), Context: when, Measurand: ocpp21.MeasurandEnergyActiveImportRegister,
			UnitOfMeasure: &ocpp21.UnitOfMeasure{Unit: ocpp.Some("Wh")},
		}},
	}
}

func meterValue21(r reading) ocpp21.MeterValue {
	mv := register21(r.energyWh, ocpp21.ReadingContextSamplePeriodic)
	add := func(v ocpp.Decimal, what ocpp21.Measurand, unit string, phase ocpp21.Phase) {
		mv.SampledValue = append(mv.SampledValue, ocpp21.SampledValue{
			Value: v, Measurand: what, Phase: phase, UnitOfMeasure: &ocpp21.UnitOfMeasure{Unit: ocpp.Some(unit)},
		})
	}
	add(r.powerW, ocpp21.MeasurandPowerActiveImport, "W", "")
	add(ocpp.Dec(int64(r.soc), 0), ocpp21.MeasurandSoC, "Percent", "")
	for i, phase := range []ocpp21.Phase{ocpp21.PhaseL1, ocpp21.PhaseL2, ocpp21.PhaseL3} {
		add(r.voltage[i], ocpp21.MeasurandVoltage, "V", phase)
		add(r.current[i], ocpp21.MeasurandCurrentImport, "A", phase)
	}
	return mv
}

var reason21 = map[StopReason]ocpp21.Reason{
	StopLocal:        ocpp21.ReasonLocal,
	StopRemote:       ocpp21.ReasonRemote,
	StopReset:        ocpp21.ReasonImmediateReset,
	StopDisconnected: ocpp21.ReasonEVDisconnected,
	StopDeauthorized: ocpp21.ReasonDeAuthorized,
	StopOther:        ocpp21.ReasonOther,
}

var trigger21 = map[StopReason]ocpp21.TriggerReason{
	StopLocal:        ocpp21.TriggerReasonStopAuthorized,
	StopRemote:       ocpp21.TriggerReasonRemoteStop,
	StopReset:        ocpp21.TriggerReasonResetCommand,
	StopDisconnected: ocpp21.TriggerReasonEVCommunicationLost,
	StopDeauthorized: ocpp21.TriggerReasonDeauthorized,
	StopOther:        ocpp21.TriggerReasonAbnormalCondition,
}

func (speech21) stop(ctx context.Context, s *Station, o *outlet, tx *transaction) error {
	e := event21(o, tx, ocpp21.TransactionEventEnded, trigger21[tx.reason])
	e.Timestamp = ocpp.At(tx.ended)
	token := idToken21(tx.token)
	e.IDToken = &token
	e.TransactionInfo.StoppedReason = reason21[tx.reason]
	e.MeterValue = []ocpp21.MeterValue{register21(tx.energyEnd, ocpp21.ReadingContextTransactionEnd)}
	return enqueue(s, tx, e, tx.ends(string(e.TransactionInfo.StoppedReason)), nil)
}
