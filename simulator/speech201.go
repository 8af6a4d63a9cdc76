package simulator

import (
	"context"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp201"
	"github.com/chargeyard/chargeyard/station"
)

// speech201 speaks OCPP 2.0.1.
type speech201 struct{}

func (speech201) protocol() *ocpp.Protocol { return ocpp201.Protocol }
func (speech201) variables() *variables    { return newVariables2() }
func (speech201) sampleKey() string        { return "SampledDataCtrlr.TxUpdatedInterval" }

func (speech201) boot(s *Station) any {
	return &ocpp201.BootNotificationRequest{
		Reason: ocpp201.BootReasonPowerUp,
		ChargingStation: ocpp201.ChargingStation{
			Model: model, VendorName: vendor,
			SerialNumber:    ocpp.Some(s.serial()),
			FirmwareVersion: ocpp.Some(firmware),
		},
	}
}

func (speech201) ownID(tx *transaction) string { return tx.id }

func (speech201) status(ctx context.Context, s *Station, o *outlet) error {
	status := ocpp201.ConnectorStatusOccupied
	switch o.shown() {
	case connectorAvailable:
		status = ocpp201.ConnectorStatusAvailable
	case connectorUnavailable:
		status = ocpp201.ConnectorStatusUnavailable
	}
	_, err := station.Call(ctx, s.client, &ocpp201.StatusNotificationRequest{
		Timestamp: ocpp.At(time.Now()), ConnectorStatus: status, EVSEID: o.id, ConnectorID: 1,
	})
	return err
}

func (speech201) authorize(ctx context.Context, s *Station, token string) (bool, error) {
	resp, err := station.Call(ctx, s.client, &ocpp201.AuthorizeRequest{IDToken: idToken201(token)})
	if err != nil {
		return false, err
	}
	return resp.IDTokenInfo.Status == ocpp201.AuthorizationStatusAccepted, nil
}

func idToken201(token string) ocpp201.IDToken {
	return ocpp201.IDToken{IDToken: token, Type: ocpp201.IDTokenTypeISO14443}
}

// event201 makes the next event of a transaction.
func event201(o *outlet, tx *transaction, kind ocpp201.TransactionEvent, trigger ocpp201.TriggerReason) *ocpp201.TransactionEventRequest {
	e := &ocpp201.TransactionEventRequest{
		EventType: kind, TriggerReason: trigger, Timestamp: ocpp.At(time.Now()), SeqNo: tx.seqNo,
		TransactionInfo: ocpp201.Transaction{TransactionID: tx.id},
		EVSE:            &ocpp201.EVSE{ID: o.id, ConnectorID: ocpp.Some(1)},
	}
	tx.seqNo++
	return e
}

func (speech201) start(ctx context.Context, s *Station, o *outlet, tx *transaction) error {
	trigger := ocpp201.TriggerReasonAuthorized
	if tx.remoteID != (ocpp.Opt[int]{}) {
		trigger = ocpp201.TriggerReasonRemoteStart
	}
	e := event201(o, tx, ocpp201.TransactionEventStarted, trigger)
	token := idToken201(tx.token)
	e.IDToken = &token
	e.Timestamp = ocpp.At(tx.started)
	e.TransactionInfo.ChargingState = ocpp201.ChargingStateCharging
	e.TransactionInfo.RemoteStartID = tx.remoteID
	e.MeterValue = []ocpp201.MeterValue{register201(tx.startWh, ocpp201.ReadingContextTransactionBegin)}
	return enqueue(s, tx, e, nil, func(r *ocpp201.TransactionEventResponse) {
		if r.IDTokenInfo != nil && r.IDTokenInfo.Status != ocpp201.AuthorizationStatusAccepted {
			o.requestStop(StopDeauthorized)
		}
	})
}

func (speech201) sample(ctx context.Context, s *Station, o *outlet, tx *transaction, r reading) error {
	e := event201(o, tx, ocpp201.TransactionEventUpdated, ocpp201.TriggerReasonMeterValuePeriodic)
	e.MeterValue = []ocpp201.MeterValue{meterValue201(r)}
	return enqueue(s, tx, e, r.told, nil)
}

func register201(wh int64, when ocpp201.ReadingContext) ocpp201.MeterValue {
	return ocpp201.MeterValue{
		Timestamp: ocpp.At(time.Now()),
		SampledValue: []ocpp201.SampledValue{{
			Value: ocpp.Dec(wh, 0), Context: when, Measurand: ocpp201.MeasurandEnergyActiveImportRegister,
			UnitOfMeasure: &ocpp201.UnitOfMeasure{Unit: ocpp.Some("Wh")},
		}},
	}
}

func meterValue201(r reading) ocpp201.MeterValue {
	mv := register201(r.energyWh, ocpp201.ReadingContextSamplePeriodic)
	add := func(v ocpp.Decimal, what ocpp201.Measurand, unit string, phase ocpp201.Phase) {
		mv.SampledValue = append(mv.SampledValue, ocpp201.SampledValue{
			Value: v, Measurand: what, Phase: phase, UnitOfMeasure: &ocpp201.UnitOfMeasure{Unit: ocpp.Some(unit)},
		})
	}
	add(r.powerW, ocpp201.MeasurandPowerActiveImport, "W", "")
	add(ocpp.Dec(int64(r.soc), 0), ocpp201.MeasurandSoC, "Percent", "")
	for i, phase := range []ocpp201.Phase{ocpp201.PhaseL1, ocpp201.PhaseL2, ocpp201.PhaseL3} {
		add(r.voltage[i], ocpp201.MeasurandVoltage, "V", phase)
		add(r.current[i], ocpp201.MeasurandCurrentImport, "A", phase)
	}
	return mv
}

var reason201 = map[StopReason]ocpp201.Reason{
	StopLocal:        ocpp201.ReasonLocal,
	StopRemote:       ocpp201.ReasonRemote,
	StopReset:        ocpp201.ReasonImmediateReset,
	StopDisconnected: ocpp201.ReasonEVDisconnected,
	StopDeauthorized: ocpp201.ReasonDeAuthorized,
	StopOther:        ocpp201.ReasonOther,
}

var trigger201 = map[StopReason]ocpp201.TriggerReason{
	StopLocal:        ocpp201.TriggerReasonStopAuthorized,
	StopRemote:       ocpp201.TriggerReasonRemoteStop,
	StopReset:        ocpp201.TriggerReasonResetCommand,
	StopDisconnected: ocpp201.TriggerReasonEVCommunicationLost,
	StopDeauthorized: ocpp201.TriggerReasonDeauthorized,
	StopOther:        ocpp201.TriggerReasonAbnormalCondition,
}

func (speech201) stop(ctx context.Context, s *Station, o *outlet, tx *transaction) error {
	e := event201(o, tx, ocpp201.TransactionEventEnded, trigger201[tx.reason])
	e.Timestamp = ocpp.At(tx.ended)
	token := idToken201(tx.token)
	e.IDToken = &token
	e.TransactionInfo.StoppedReason = reason201[tx.reason]
	e.MeterValue = []ocpp201.MeterValue{register201(tx.energyEnd, ocpp201.ReadingContextTransactionEnd)}
	return enqueue(s, tx, e, tx.ends(string(e.TransactionInfo.StoppedReason)), nil)
}
