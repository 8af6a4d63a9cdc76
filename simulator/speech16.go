package simulator

import (
	"context"
	"strconv"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/station"
)

// speech16 speaks OCPP 1.6. The connectors of all EVSEs are numbered one after the other.
type speech16 struct{}

func (speech16) protocol() *ocpp.Protocol                { return ocpp16.Protocol }
func (speech16) variables(f *Fleet) map[string]*variable { return newVariables16(f) }
func (speech16) iso15118() bool                          { return false }
func (speech16) ownID(*transaction) string               { return "" }

func (speech16) keys() keys {
	return keys{
		sample: "MeterValueSampleInterval", measurands: "MeterValuesSampledData",
		aligned: "ClockAlignedDataInterval", alignedMeasurands: "MeterValuesAlignedData",
		preAuthorize: "LocalPreAuthorize", unknownOffline: "AllowOfflineTxForUnknownId",
		connectionTimeout: "ConnectionTimeOut", heartbeat: "HeartbeatInterval", ping: "WebSocketPingInterval",
		attempts: "TransactionMessageAttempts", attemptWait: "TransactionMessageRetryInterval",
	}
}

func (speech16) place(o *outlet, connector int) int { return (o.id-1)*o.connectors + connector }

func (speech16) boot(s *Station) any {
	return &ocpp16.BootNotificationRequest{
		ChargePointVendor:       vendor,
		ChargePointModel:        s.kind().model(),
		ChargePointSerialNumber: ocpp.Some(s.serial()),
		FirmwareVersion:         ocpp.Some(s.firmware.version()),
		MeterType:               ocpp.Some("CY three-phase"),
	}
}

var status16 = map[connectorState]ocpp16.ChargePointStatus{
	connectorAvailable:     ocpp16.ChargePointStatusAvailable,
	connectorPlugged:       ocpp16.ChargePointStatusPreparing,
	connectorCharging:      ocpp16.ChargePointStatusCharging,
	connectorSuspended:     ocpp16.ChargePointStatusSuspendedEV,
	connectorSuspendedEVSE: ocpp16.ChargePointStatusSuspendedEVSE,
	connectorFinishing:     ocpp16.ChargePointStatusFinishing,
	connectorReserved:      ocpp16.ChargePointStatusReserved,
	connectorUnavailable:   ocpp16.ChargePointStatusUnavailable,
	connectorFaulted:       ocpp16.ChargePointStatusFaulted,
}

func (p speech16) status(ctx context.Context, s *Station, o *outlet, connector int, at time.Time) error {
	shown, code := o.shown(connector), ocpp16.ChargePointErrorCodeNoError
	if shown == connectorFaulted {
		code = ocpp16.ChargePointErrorCodeGroundFailure
	}
	_, err := station.Call(ctx, s.client, &ocpp16.StatusNotificationRequest{
		ConnectorID: p.place(o, connector),
		ErrorCode:   code,
		Status:      status16[shown],
		Timestamp:   ocpp.At(at),
	})
	return err
}

func (speech16) authorize(ctx context.Context, s *Station, token, _ string) (bool, error) {
	resp, err := station.Call(ctx, s.client, &ocpp16.AuthorizeRequest{IDTag: token})
	if err != nil {
		return false, err
	}
	return resp.IDTagInfo.Status == ocpp16.AuthorizationStatusAccepted, nil
}

// tell starts the transaction when both the driver is authorized and the cable is in; what is before that is not told.
func (p speech16) tell(_ context.Context, s *Station, o *outlet, tx *transaction, m moment) error {
	switch {
	case tx.record == nil && !m.end && tx.plugged && tx.isAuthorized():
		return p.start(s, o, tx, m)
	case tx.record != nil && m.end:
		return p.stop(s, tx, m)
	case tx.record != nil && m.reading != nil:
		return enqueue(s, tx, &ocpp16.MeterValuesRequest{
			ConnectorID:   p.place(o, tx.connector),
			TransactionID: ocpp.Some(tx.remoteTxID()), // the queue puts in the id while it is not known
			MeterValue:    []ocpp16.MeterValue{meterValue16(m.at, m.context, s.measured(m))},
		}, s.told(tx, m, ""), nil)
	}
	return nil
}

func (p speech16) start(s *Station, o *outlet, tx *transaction, m moment) error {
	s.opened(o, tx, m)
	wh, _ := tx.record.StartWh.Int64() // the meters of 1.6 have no decimals
	m.token, m.reading = true, nil
	req := &ocpp16.StartTransactionRequest{
		ConnectorID: p.place(o, tx.connector),
		IDTag:       tx.token,
		MeterStart:  wh,
		Timestamp:   ocpp.At(m.at),
	}
	if id, ok := tx.reserved.Get(); ok {
		req.ReservationID = ocpp.Some(id)
	}
	return enqueue(s, tx, req, s.told(tx, m, ""), func(r *ocpp16.StartTransactionResponse) {
		tx.setRemoteTx(r.TransactionID)
		s.book.change(tx.record, func(t *TransactionRecord) { t.ID = strconv.FormatInt(r.TransactionID, 10) })
		if r.IDTagInfo.Status != ocpp16.AuthorizationStatusAccepted {
			s.deauthorized(o, tx)
		}
	})
}

func (speech16) stop(s *Station, tx *transaction, m moment) error {
	wh, _ := m.reading.energy.Int64()
	req := &ocpp16.StopTransactionRequest{
		MeterStop:     wh,
		Timestamp:     ocpp.At(m.at),
		TransactionID: tx.remoteTxID(),
		Reason:        ocpp16.Reason(endings[tx.reason].reason16),
	}
	if m.token {
		req.IDTag = ocpp.Some(tx.token)
	}
	return enqueue(s, tx, req, s.told(tx, m, string(req.Reason)), nil)
}

func (p speech16) meter(ctx context.Context, s *Station, o *outlet, values []value, m moment) error {
	_, err := station.Call(ctx, s.client, &ocpp16.MeterValuesRequest{
		ConnectorID: p.place(o, o.inUse()), MeterValue: []ocpp16.MeterValue{meterValue16(m.at, m.context, values)},
	})
	return err
}
