package v21

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// transactionEvent stores an event of a transaction. An answer to an event with a token says what the token may
// (E01.FR.11), and each says what the transaction costs, if that is known. One to the first event after a limit was set or
// changed gives it to the station (E16.FR.02).
func (h handlers) transactionEvent(ctx context.Context, st *csms.Station, req *ocpp21.TransactionEventRequest) (*ocpp21.TransactionEventResponse, error) {
	event, err := transactionEvent(st.Identity(), req)
	if err != nil {
		return nil, err
	}
	result, err := h.Submit(ctx, event)
	if err != nil {
		return nil, err
	}
	resp := &ocpp21.TransactionEventResponse{
		TotalCost: adapter.TotalCost(event.Kind, result.Cost), UpdatedPersonalMessage: message(result.NewText),
		TransactionLimit: wireLimit(result.Limit),
	}
	if req.IDToken != nil {
		resp.IDTokenInfo = tokenInfo(result.Token, result.TariffText)
	}
	return resp, nil
}

func transactionEvent(station string, req *ocpp21.TransactionEventRequest) (fleet.TransactionEvent, error) {
	info := &req.TransactionInfo
	e := fleet.TransactionEvent{
		Station: station, Received: time.Now(), Kind: fleet.TransactionKind(req.EventType),
		TransactionID: info.TransactionID, Numbered: true, SeqNo: int64(req.SeqNo),
		Time: req.Timestamp.Time, Offline: req.Offline.Or(false), Trigger: string(req.TriggerReason),
		ChargingState: string(info.ChargingState), StopReason: string(info.StoppedReason),
		Token: idToken(req.IDToken), Samples: samples(req.MeterValue),
		RemoteStartID: adapter.Int64(info.RemoteStartID), ReservationID: adapter.Int64(req.ReservationID),
		TariffID: info.TariffID.Or(""), StationCost: stationCost(req.CostDetails),
		TakesLimits: true, Limit: limitOf(info.TransactionLimit),
	}
	if req.EVSE != nil {
		e.EVSE, e.Connector = req.EVSE.ID, req.EVSE.ConnectorID.Or(0)
	}
	if e.Kind == fleet.TransactionEnded && e.StopReason == "" {
		e.StopReason = string(ocpp21.ReasonLocal) // absent means Local (E06.FR.08)
	}
	rest, err := json.Marshal(restOf(req))
	if err != nil {
		return e, err
	}
	if !bytes.Equal(rest, []byte("{}")) {
		e.Rest = rest
	}
	return e, nil
}

// rest is what an event says beyond the fields of fleet.TransactionEvent.
type rest struct {
	NumberOfPhasesUsed    ocpp.Opt[int]                `json:"numberOfPhasesUsed,omitzero"`
	CableMaxCurrent       ocpp.Opt[int]                `json:"cableMaxCurrent,omitzero"`
	TimeSpentCharging     ocpp.Opt[int]                `json:"timeSpentCharging,omitzero"`
	OperationMode         ocpp21.OperationMode         `json:"operationMode,omitzero"`
	TariffID              ocpp.Opt[string]             `json:"tariffId,omitzero"`
	TransactionLimit      *ocpp21.TransactionLimit     `json:"transactionLimit,omitempty"`
	CostDetails           *ocpp21.CostDetails          `json:"costDetails,omitempty"`
	PreconditioningStatus ocpp21.PreconditioningStatus `json:"preconditioningStatus,omitzero"`
	EVSESleep             ocpp.Opt[bool]               `json:"evseSleep,omitzero"`
	AdditionalInfo        []ocpp21.AdditionalInfo      `json:"additionalInfo,omitempty"`
	CustomData            *ocpp.CustomData             `json:"customData,omitempty"`
	TransactionData       *ocpp.CustomData             `json:"transactionInfo.customData,omitempty"`
}

func restOf(req *ocpp21.TransactionEventRequest) rest {
	info := &req.TransactionInfo
	r := rest{
		NumberOfPhasesUsed: req.NumberOfPhasesUsed, CableMaxCurrent: req.CableMaxCurrent, TimeSpentCharging: info.TimeSpentCharging,
		OperationMode: info.OperationMode, TariffID: info.TariffID, TransactionLimit: info.TransactionLimit,
		CostDetails: req.CostDetails, PreconditioningStatus: req.PreconditioningStatus, EVSESleep: req.EVSESleep,
		CustomData: req.CustomData, TransactionData: info.CustomData,
	}
	if req.IDToken != nil {
		r.AdditionalInfo = req.IDToken.AdditionalInfo
	}
	return r
}

// Ends reports whether a request says that a transaction has ended.
func Ends(req any) bool {
	e, ok := req.(*ocpp21.TransactionEventRequest)
	return ok && e.EventType == ocpp21.TransactionEventEnded
}
