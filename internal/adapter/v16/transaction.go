package v16

import (
	"context"
	"strconv"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp16"
)

// start stores a StartTransaction. The store gives the transaction its id: the same one when the message is repeated.
func (h handlers) start(ctx context.Context, st *csms.Station, req *ocpp16.StartTransactionRequest) (*ocpp16.StartTransactionResponse, error) {
	result, err := h.Submit(ctx, fleet.TransactionEvent{
		Station: st.Identity(), Received: time.Now(),
		Kind: fleet.TransactionStarted, Time: req.Timestamp.Time,
		EVSE: req.ConnectorID, Connector: req.ConnectorID, Token: idToken(req.IDTag),
		MeterStart: wattHours(req.MeterStart), ReservationID: adapter.Int64(req.ReservationID),
	})
	if err != nil {
		return nil, err
	}
	return &ocpp16.StartTransactionResponse{IDTagInfo: tagInfo(result.Token), TransactionID: result.TransactionNumber}, nil
}

func (h handlers) stop(ctx context.Context, st *csms.Station, req *ocpp16.StopTransactionRequest) (*ocpp16.StopTransactionResponse, error) {
	token := idToken(req.IDTag.Or(""))
	reason := string(req.Reason)
	if reason == "" {
		reason = string(ocpp16.ReasonLocal) // absent means Local (1.6, 6.49)
	}
	result, err := h.Submit(ctx, fleet.TransactionEvent{
		Station: st.Identity(), Received: time.Now(), TransactionID: fleet.TransactionNumber(req.TransactionID),
		Kind: fleet.TransactionEnded, Time: req.Timestamp.Time,
		Token: token, MeterStop: wattHours(req.MeterStop), StopReason: reason, Samples: samples(req.TransactionData),
	})
	if err != nil {
		return nil, err
	}
	resp := &ocpp16.StopTransactionResponse{}
	if token != nil {
		info := tagInfo(result.Token)
		resp.IDTagInfo = &info
	}
	return resp, nil
}

func wattHours(n int64) fleet.Decimal { return fleet.Decimal(strconv.FormatInt(n, 10)) }
