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

func (speech21) protocol() *ocpp.Protocol                { return ocpp21.Protocol }
func (speech21) variables(f *Fleet) map[string]*variable { return newVariables2(f) }
func (speech21) keys() keys                              { return keys2 }
func (speech21) iso15118() bool                          { return true }
func (speech21) place(o *outlet, _ int) int              { return o.id }
func (speech21) ownID(tx *transaction) string            { return tx.id }
func (speech21) listen(s *Station)                       { listen2(s) }

func (speech21) boot(s *Station) any {
	return &ocpp21.BootNotificationRequest{
		Reason: ocpp21.BootReasonPowerUp,
		ChargingStation: ocpp21.ChargingStation{
			Model: s.kind().model(), VendorName: vendor,
			SerialNumber:    ocpp.Some(s.serial()),
			FirmwareVersion: ocpp.Some(s.firmware.version()),
		},
	}
}

func (speech21) status(ctx context.Context, s *Station, o *outlet, connector int, at time.Time) error {
	_, err := station.Call(ctx, s.client, &ocpp21.StatusNotificationRequest{
		Timestamp: ocpp.At(at), ConnectorStatus: ocpp21.ConnectorStatus(status2(o.shown(connector))), EVSEID: o.id, ConnectorID: connector,
	})
	return err
}

func (speech21) authorize(ctx context.Context, s *Station, token, tokenType string) (bool, error) {
	resp, err := station.Call(ctx, s.client, &ocpp21.AuthorizeRequest{IDToken: idToken21(token, tokenType)})
	if err != nil {
		return false, err
	}
	return resp.IDTokenInfo.Status == ocpp21.AuthorizationStatusAccepted, nil
}

func idToken21(token, tokenType string) ocpp21.IDToken {
	return ocpp21.IDToken{IDToken: token, Type: tokenType2(tokenType)}
}

func (speech21) tell(_ context.Context, s *Station, o *outlet, tx *transaction, m moment) error {
	s.opened(o, tx, m)
	e := &ocpp21.TransactionEventRequest{
		EventType: ocpp21.TransactionEvent(eventType2(tx, m)), TriggerReason: ocpp21.TriggerReason(m.trigger), Timestamp: ocpp.At(m.at), SeqNo: tx.seqNo,
		TransactionInfo: ocpp21.Transaction{TransactionID: tx.id, ChargingState: ocpp21.ChargingState(tx.state)},
		EVSE:            &ocpp21.EVSE{ID: o.id, ConnectorID: ocpp.Some(tx.connector)},
		ReservationID:   tx.tellReservation(m), // H01.FR.15
	}
	tx.seqNo++
	if m.token {
		token := idToken21(tx.token, tx.tokenType)
		e.IDToken = &token
	}
	if m.trigger == "RemoteStart" {
		e.TransactionInfo.RemoteStartID = tx.remoteID
	}
	if m.end {
		e.TransactionInfo.StoppedReason = ocpp21.Reason(endings[tx.reason].reason)
	}
	if m.reading != nil {
		e.MeterValue = []ocpp21.MeterValue{meterValue21(m, s.measured(m))}
	}
	return enqueue(s, tx, e, s.told(tx, m, string(e.TransactionInfo.StoppedReason)), func(r *ocpp21.TransactionEventResponse) {
		if r.IDTokenInfo != nil && r.IDTokenInfo.Status != ocpp21.AuthorizationStatusAccepted {
			s.deauthorized(o, tx)
		}
		if l := r.TransactionLimit; l != nil {
			energy, none := l.MaxEnergy.Or(ocpp.Decimal{}), 0
			tx.limit(transactionLimits{energyWh: energy.Float64(), seconds: float64(l.MaxTime.Or(none)), soc: float64(l.MaxSoC.Or(none))})
			o.poke()
		}
	})
}

func meterValue21(m moment, values []value) ocpp21.MeterValue {
	mv := ocpp21.MeterValue{Timestamp: ocpp.At(m.at)}
	for _, v := range values {
		if v.measurand == "Temperature" { // 2.x has it as a variable of the device model
			continue
		}
		mv.SampledValue = append(mv.SampledValue, ocpp21.SampledValue{
			Value: v.number, Context: ocpp21.ReadingContext(m.context), Measurand: ocpp21.Measurand(v.measurand),
			Phase: ocpp21.Phase(v.phase), Location: ocpp21.Location(v.location), UnitOfMeasure: &ocpp21.UnitOfMeasure{Unit: ocpp.Some(v.unit)},
		})
	}
	return mv
}

func (speech21) meter(ctx context.Context, s *Station, o *outlet, values []value, m moment) error {
	_, err := station.Call(ctx, s.client, &ocpp21.MeterValuesRequest{
		EVSEID: o.id, MeterValue: []ocpp21.MeterValue{meterValue21(m, values)},
	})
	return err
}
