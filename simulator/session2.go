package simulator

import (
	"context"
	"strings"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp21"
)

func (s *Station) requestStart2(_ context.Context, req *ocpp21.RequestStartTransactionRequest) (*ocpp21.RequestStartTransactionResponse, error) {
	if p := req.ChargingProfile; p != nil { // K05.FR.02, F01.FR.11
		if p.ChargingProfilePurpose != ocpp21.ChargingProfilePurposeTxProfile || p.TransactionID.Or("") != "" {
			return &ocpp21.RequestStartTransactionResponse{Status: "Rejected"}, nil
		}
	}
	o, ok := s.remoteStart(req.EVSEID, startRequest{
		token: req.IDToken.IDToken, tokenType: req.IDToken.Type, remote: true, remoteID: ocpp.Some(req.RemoteStartID),
	})
	resp := &ocpp21.RequestStartTransactionResponse{Status: word[ocpp21.RequestStartStopStatus](ok, "Accepted", "Rejected")}
	if !ok {
		return resp, nil
	}
	if tx := o.running(); tx != nil {
		resp.TransactionID = ocpp.Some(tx.id) // F01.FR.13
	}
	if p := req.ChargingProfile; p != nil {
		s.profiles.install(profile21(o.id, *p))
	}
	return resp, nil
}

func (s *Station) requestStop2(_ context.Context, req *ocpp21.RequestStopTransactionRequest) (*ocpp21.RequestStopTransactionResponse, error) {
	ok := s.remoteStop(func(tx *transaction) bool { return tx.id == req.TransactionID })
	return &ocpp21.RequestStopTransactionResponse{Status: word[ocpp21.RequestStartStopStatus](ok, "Accepted", "Rejected")}, nil
}

// transactionStatus2 says without an id only whether anything waits (E14.FR.06).
func (s *Station) transactionStatus2(_ context.Context, req *ocpp21.GetTransactionStatusRequest) (*ocpp21.GetTransactionStatusResponse, error) {
	resp := &ocpp21.GetTransactionStatusResponse{MessagesInQueue: s.client.QueueLen() > 0}
	id, ok := req.TransactionID.Get()
	if !ok {
		return resp, nil
	}
	running, waiting := false, s.book.waits(id)
	for _, o := range s.outlets {
		if tx := o.running(); tx != nil && tx.id == id {
			running = true
		}
	}
	resp.OngoingIndicator, resp.MessagesInQueue = ocpp.Some(running), waiting
	return resp, nil
}

func (s *Station) unlock2(_ context.Context, req *ocpp21.UnlockConnectorRequest) (*ocpp21.UnlockConnectorResponse, error) {
	status, outlets := ocpp21.UnlockStatusUnlocked, s.on(ocpp.Some(req.EVSEID))
	if req.EVSEID == 0 || outlets == nil || req.ConnectorID < 1 || req.ConnectorID > outlets[0].connectors {
		status = ocpp21.UnlockStatusUnknownConnector
	} else if tx := outlets[0].running(); tx != nil && tx.isAuthorized() {
		status = ocpp21.UnlockStatusOngoingAuthorizedTransaction
	}
	return &ocpp21.UnlockConnectorResponse{Status: status}, nil
}

func (s *Station) reserveNow2(_ context.Context, req *ocpp21.ReserveNowRequest) (*ocpp21.ReserveNowResponse, error) {
	r := reservation{id: req.ID, token: req.IDToken.IDToken, expires: req.ExpiryDateTime.Time}
	if req.GroupIDToken != nil {
		r.group = req.GroupIDToken.IDToken
	}
	return &ocpp21.ReserveNowResponse{Status: ocpp21.ReserveNowStatus(s.reserve(s.on(req.EVSEID), r))}, nil
}

func (s *Station) cancelReservation2(_ context.Context, req *ocpp21.CancelReservationRequest) (*ocpp21.CancelReservationResponse, error) {
	return &ocpp21.CancelReservationResponse{Status: word[ocpp21.CancelReservationStatus](s.release(req.ReservationID), "Accepted", "Rejected")}, nil
}

func (s *Station) clearCache2(context.Context, *ocpp21.ClearCacheRequest) (*ocpp21.ClearCacheResponse, error) {
	enabled := s.vars.is("AuthCacheCtrlr.Enabled")
	if enabled {
		s.tokens.clearCache()
	}
	return &ocpp21.ClearCacheResponse{Status: word[ocpp21.ClearCacheStatus](enabled, "Accepted", "Rejected")}, nil // C11.FR.04
}

// localListVersion2 is 0 while the list is off (D02.FR.02).
func (s *Station) localListVersion2(context.Context, *ocpp21.GetLocalListVersionRequest) (*ocpp21.GetLocalListVersionResponse, error) {
	version := 0
	if s.vars.is("LocalAuthListCtrlr.Enabled") {
		version = s.tokens.listVersion()
	}
	return &ocpp21.GetLocalListVersionResponse{VersionNumber: version}, nil
}

func (s *Station) sendLocalList2(_ context.Context, req *ocpp21.SendLocalListRequest) (*ocpp21.SendLocalListResponse, error) {
	if req.VersionNumber <= 0 || !s.vars.is("LocalAuthListCtrlr.Enabled") { // D01.FR.18
		return &ocpp21.SendLocalListResponse{Status: "Failed"}, nil
	}
	entries := map[string]*listedToken{}
	for _, e := range req.LocalAuthorizationList {
		entries[e.IDToken.IDToken] = nil // D01.FR.17: without information it is deleted
		if i := e.IDTokenInfo; i != nil {
			entries[e.IDToken.IDToken] = &listedToken{accepted: i.Status == ocpp21.AuthorizationStatusAccepted, expires: i.CacheExpiryDateTime.Time}
		}
	}
	ok := s.tokens.update(req.VersionNumber, req.UpdateType == ocpp21.UpdateTypeFull, entries)
	return &ocpp21.SendLocalListResponse{Status: word[ocpp21.SendLocalListStatus](ok, "Accepted", "VersionMismatch")}, nil
}

// dataTransfer2 knows one vendor, us, and of that one message: Echo answers what it was sent.
func (s *Station) dataTransfer2(_ context.Context, req *ocpp21.DataTransferRequest) (*ocpp21.DataTransferResponse, error) {
	switch {
	case !strings.EqualFold(req.VendorID, vendor):
		return &ocpp21.DataTransferResponse{Status: "UnknownVendorId"}, nil
	case req.MessageID.Or("") != "Echo":
		return &ocpp21.DataTransferResponse{Status: "UnknownMessageId"}, nil
	}
	return &ocpp21.DataTransferResponse{Status: "Accepted", Data: req.Data}, nil
}
