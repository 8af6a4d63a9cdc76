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

func (speech201) protocol() *ocpp.Protocol                { return ocpp201.Protocol }
func (speech201) variables(f *Fleet) map[string]*variable { return newVariables2(f) }
func (speech201) keys() keys                              { return keys2 }
func (speech201) iso15118() bool                          { return true }
func (speech201) place(o *outlet, _ int) int              { return o.id }
func (speech201) ownID(tx *transaction) string            { return tx.id }
func (speech201) listen(s *Station)                       { listen2(s) }

func (speech201) boot(s *Station) any {
	return &ocpp201.BootNotificationRequest{
		Reason: ocpp201.BootReasonPowerUp,
		ChargingStation: ocpp201.ChargingStation{
			Model: s.kind().model(), VendorName: vendor,
			SerialNumber:    ocpp.Some(s.serial()),
			FirmwareVersion: ocpp.Some(s.firmware.version()),
		},
	}
}

func (speech201) status(ctx context.Context, s *Station, o *outlet, connector int, at time.Time) error {
	_, err := station.Call(ctx, s.client, &ocpp201.StatusNotificationRequest{
		Timestamp: ocpp.At(at), ConnectorStatus: ocpp201.ConnectorStatus(status2(o.shown(connector))), EVSEID: o.id, ConnectorID: connector,
	})
	return err
}

func (speech201) authorize(ctx context.Context, s *Station, token, tokenType string) (bool, error) {
	resp, err := station.Call(ctx, s.client, &ocpp201.AuthorizeRequest{IDToken: idToken201(token, tokenType)})
	if err != nil {
		return false, err
	}
	return resp.IDTokenInfo.Status == ocpp201.AuthorizationStatusAccepted, nil
}

func idToken201(token, tokenType string) ocpp201.IDToken {
	return ocpp201.IDToken{IDToken: token, Type: ocpp201.IDTokenType(tokenType2(tokenType))}
}

func (speech201) tell(_ context.Context, s *Station, o *outlet, tx *transaction, m moment) error {
	s.opened(o, tx, m)
	e := &ocpp201.TransactionEventRequest{
		EventType: ocpp201.TransactionEvent(eventType2(tx, m)), TriggerReason: ocpp201.TriggerReason(m.trigger), Timestamp: ocpp.At(m.at), SeqNo: tx.seqNo,
		TransactionInfo: ocpp201.Transaction{TransactionID: tx.id, ChargingState: ocpp201.ChargingState(tx.state)},
		EVSE:            &ocpp201.EVSE{ID: o.id, ConnectorID: ocpp.Some(tx.connector)},
		ReservationID:   tx.tellReservation(m), // H01.FR.15
	}
	tx.seqNo++
	if m.token {
		token := idToken201(tx.token, tx.tokenType)
		e.IDToken = &token
	}
	if m.trigger == "RemoteStart" {
		e.TransactionInfo.RemoteStartID = tx.remoteID
	}
	if m.end {
		e.TransactionInfo.StoppedReason = ocpp201.Reason(endings[tx.reason].reason)
	}
	if m.reading != nil {
		e.MeterValue = []ocpp201.MeterValue{meterValue201(m, s.measured(m))}
	}
	return enqueue(s, tx, e, s.told(tx, m, string(e.TransactionInfo.StoppedReason)), func(r *ocpp201.TransactionEventResponse) {
		if r.IDTokenInfo != nil && r.IDTokenInfo.Status != ocpp201.AuthorizationStatusAccepted {
			s.deauthorized(o, tx)
		}
	})
}

func meterValue201(m moment, values []value) ocpp201.MeterValue {
	mv := ocpp201.MeterValue{Timestamp: ocpp.At(m.at)}
	for _, v := range values {
		if v.measurand == "Temperature" { // 2.x has it as a variable of the device model
			continue
		}
		mv.SampledValue = append(mv.SampledValue, ocpp201.SampledValue{
			Value: v.number, Context: ocpp201.ReadingContext(m.context), Measurand: ocpp201.Measurand(v.measurand),
			Phase: ocpp201.Phase(v.phase), Location: ocpp201.Location(v.location), UnitOfMeasure: &ocpp201.UnitOfMeasure{Unit: ocpp.Some(v.unit)},
		})
	}
	return mv
}

func (speech201) meter(ctx context.Context, s *Station, o *outlet, values []value, m moment) error {
	_, err := station.Call(ctx, s.client, &ocpp201.MeterValuesRequest{
		EVSEID: o.id, MeterValue: []ocpp201.MeterValue{meterValue201(m, values)},
	})
	return err
}
