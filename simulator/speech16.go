package simulator

import (
	"context"
	"strconv"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/station"
)

// speech16 speaks OCPP 1.6. Connectors have the numbers of our EVSEs.
type speech16 struct{}

func (speech16) protocol() *ocpp.Protocol { return ocpp16.Protocol }
func (speech16) variables() *variables    { return newVariables16() }
func (speech16) sampleKey() string        { return "MeterValueSampleInterval" }

func (speech16) boot(s *Station) any {
	return &ocpp16.BootNotificationRequest{
		ChargePointVendor:       vendor,
		ChargePointModel:        model,
		ChargePointSerialNumber: ocpp.Some(s.serial()),
		FirmwareVersion:         ocpp.Some(firmware),
		MeterType:               ocpp.Some("CY three-phase"),
	}
}

var status16 = map[connectorState]ocpp16.ChargePointStatus{
	connectorAvailable:   ocpp16.ChargePointStatusAvailable,
	connectorPlugged:     ocpp16.ChargePointStatusPreparing,
	connectorCharging:    ocpp16.ChargePointStatusCharging,
	connectorSuspended:   ocpp16.ChargePointStatusSuspendedEV,
	connectorFinishing:   ocpp16.ChargePointStatusFinishing,
	connectorUnavailable: ocpp16.ChargePointStatusUnavailable,
}

func (speech16) ownID(*transaction) string { return "" }

func (speech16) status(ctx context.Context, s *Station, o *outlet) error {
	_, err := station.Call(ctx, s.client, &ocpp16.StatusNotificationRequest{
		ConnectorID: o.id,
		ErrorCode:   ocpp16.ChargePointErrorCodeNoError,
		Status:      status16[o.shown()],
		Timestamp:   ocpp.At(time.Now()),
	})
	return err
}

func (speech16) authorize(ctx context.Context, s *Station, token string) (bool, error) {
	resp, err := station.Call(ctx, s.client, &ocpp16.AuthorizeRequest{IDTag: token})
	if err != nil {
		return false, err
	}
	return resp.IDTagInfo.Status == ocpp16.AuthorizationStatusAccepted, nil
}

func (speech16) start(ctx context.Context, s *Station, o *outlet, tx *transaction) error {
	return enqueue(s, tx, &ocpp16.StartTransactionRequest{
		ConnectorID: o.id,
		IDTag:       tx.token,
		MeterStart:  tx.startWh,
		Timestamp:   ocpp.At(tx.started),
	}, nil, func(r *ocpp16.StartTransactionResponse) {
		tx.setRemoteTx(r.TransactionID)
		s.book.change(tx.record, func(t *TransactionRecord) { t.ID = strconv.FormatInt(r.TransactionID, 10) })
		if r.IDTagInfo.Status != ocpp16.AuthorizationStatusAccepted {
			o.requestStop(StopDeauthorized)
		}
	})
}

func (speech16) sample(ctx context.Context, s *Station, o *outlet, tx *transaction, r reading) error {
	return enqueue(s, tx, &ocpp16.MeterValuesRequest{
		ConnectorID:   o.id,
		TransactionID: ocpp.Some(tx.remoteTxID()), // the queue puts in the id while it is not known
		MeterValue:    []ocpp16.MeterValue{meterValue16(r)},
	}, r.told, nil)
}

func meterValue16(r reading) ocpp16.MeterValue {
	energy := ocpp16.SampledValue{
		Value: strconv.FormatInt(r.energyWh, 10), Context: ocpp16.ReadingContextSamplePeriodic,
		Measurand: ocpp16.MeasurandEnergyActiveImportRegister, Unit: ocpp16.UnitOfMeasureWh,
	}
	power, soc := energy, energy
	power.Value, power.Measurand, power.Unit = r.powerW.String(), ocpp16.MeasurandPowerActiveImport, ocpp16.UnitOfMeasureW
	soc.Value, soc.Measurand, soc.Unit = strconv.Itoa(r.soc), ocpp16.MeasurandSoC, ocpp16.UnitOfMeasurePercent
	soc.Location = ocpp16.LocationEV
	values := []ocpp16.SampledValue{energy, power, soc}
	for i, phase := range []ocpp16.Phase{ocpp16.PhaseL1, ocpp16.PhaseL2, ocpp16.PhaseL3} {
		v, a := energy, energy
		v.Value, v.Measurand, v.Unit, v.Phase = r.voltage[i].String(), ocpp16.MeasurandVoltage, ocpp16.UnitOfMeasureV, phase
		a.Value, a.Measurand, a.Unit, a.Phase = r.current[i].String(), ocpp16.MeasurandCurrentImport, ocpp16.UnitOfMeasureA, phase
		values = append(values, v, a)
	}
	return ocpp16.MeterValue{Timestamp: ocpp.At(time.Now()), SampledValue: values}
}

var reason16 = map[StopReason]ocpp16.Reason{
	StopLocal:        ocpp16.ReasonLocal,
	StopRemote:       ocpp16.ReasonRemote,
	StopReset:        ocpp16.ReasonSoftReset,
	StopDisconnected: ocpp16.ReasonEVDisconnected,
	StopDeauthorized: ocpp16.ReasonDeAuthorized,
	StopOther:        ocpp16.ReasonOther,
}

func (speech16) stop(ctx context.Context, s *Station, _ *outlet, tx *transaction) error {
	reason := reason16[tx.reason]
	return enqueue(s, tx, &ocpp16.StopTransactionRequest{
		MeterStop:     tx.energyEnd,
		Timestamp:     ocpp.At(tx.ended),
		TransactionID: tx.remoteTxID(),
		IDTag:         ocpp.Some(tx.token),
		Reason:        reason,
	}, tx.ends(string(reason)), nil)
}
