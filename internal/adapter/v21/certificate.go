package v21

import (
	"context"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// signCertificate refuses to sign a certificate (A02.FR.12), and keeps what the station wants.
func (h handlers) signCertificate(ctx context.Context, st *csms.Station, req *ocpp21.SignCertificateRequest) (*ocpp21.SignCertificateResponse, error) {
	wish := adapter.SigningRequest(st.Identity(), req.CSR)
	wish.Use, wish.RequestID = string(req.CertificateType), adapter.Int64(req.RequestID)
	if err := h.asked(ctx, st, wish); err != nil {
		return nil, err
	}
	return &ocpp21.SignCertificateResponse{Status: ocpp21.GenericStatusRejected, StatusInfo: because(wish)}, nil
}

// contractCertificate fails (M01, M02): there is nobody here to ask for contracts. The empty exiResponse is that of a
// failure (Iso15118EVCertificateStatusEnumType), and no further contract waits (M01.FR.04).
func (h handlers) contractCertificate(ctx context.Context, st *csms.Station, req *ocpp21.Get15118EVCertificateRequest) (*ocpp21.Get15118EVCertificateResponse, error) {
	wish := unsupported(st, fleet.WishContract)
	wish.Schema, wish.Action = req.ISO15118SchemaVersion, string(req.Action)
	if err := h.asked(ctx, st, wish); err != nil {
		return nil, err
	}
	resp := &ocpp21.Get15118EVCertificateResponse{Status: ocpp21.ISO15118EVCertificateStatusFailed, StatusInfo: because(wish)}
	if _, several := req.MaximumContractCertificateChains.Get(); several {
		resp.RemainingContracts = ocpp.Some(0)
	}
	return resp, nil
}

// certificateStatus fails: no responder is asked from here (M06.FR.04).
func (h handlers) certificateStatus(ctx context.Context, st *csms.Station, req *ocpp21.GetCertificateStatusRequest) (*ocpp21.GetCertificateStatusResponse, error) {
	d := &req.OCSPRequestData
	wish := unsupported(st, fleet.WishStatus)
	wish.HashAlgorithm, wish.IssuerNameHash, wish.IssuerKeyHash = string(d.HashAlgorithm), d.IssuerNameHash, d.IssuerKeyHash
	wish.SerialNumber, wish.Source, wish.URL = d.SerialNumber, "OCSP", d.ResponderURL
	if err := h.asked(ctx, st, wish); err != nil {
		return nil, err
	}
	return &ocpp21.GetCertificateStatusResponse{Status: ocpp21.GetCertificateStatusFailed, StatusInfo: because(wish)}, nil
}

// certificateChainStatus fails for each certificate of the chain (M07.FR.02, M07.FR.05, M07.FR.08). The answer is out of
// date at once, so that no station goes by it for a week (M07.FR.10).
func (h handlers) certificateChainStatus(ctx context.Context, st *csms.Station, req *ocpp21.GetCertificateChainStatusRequest) (*ocpp21.GetCertificateChainStatusResponse, error) {
	if n := len(req.CertificateStatusRequests); n < 1 || n > maxChain { // no answer could have as many
		return nil, ocpp.Errorf(ocpp.OccurrenceConstraintViolation, "/certificateStatusRequests: has %d items, not 1 to %d", n, maxChain)
	}
	var wishes []fleet.CertificateRequest
	resp := &ocpp21.GetCertificateChainStatusResponse{}
	for i := range req.CertificateStatusRequests {
		r := &req.CertificateStatusRequests[i]
		wishes = append(wishes, chainWish(st, r))
		resp.CertificateStatus = append(resp.CertificateStatus, ocpp21.CertificateStatus{
			CertificateHashData: r.CertificateHashData, Source: r.Source, Status: ocpp21.CertificateStatusTypeFailed, NextUpdate: ocpp.At(time.Now()),
		})
	}
	if err := h.asked(ctx, st, wishes...); err != nil {
		return nil, err
	}
	return resp, nil
}

// maxChain is how many certificates an answer can tell of.
const maxChain = 4

func chainWish(st *csms.Station, r *ocpp21.CertificateStatusRequestInfo) fleet.CertificateRequest {
	wish, d := unsupported(st, fleet.WishChain), &r.CertificateHashData
	wish.HashAlgorithm, wish.IssuerNameHash, wish.IssuerKeyHash = string(d.HashAlgorithm), d.IssuerNameHash, d.IssuerKeyHash
	wish.SerialNumber, wish.Source = d.SerialNumber, string(r.Source)
	if len(r.URLs) > 0 {
		wish.URL = r.URLs[0]
	}
	return wish
}

func (h handlers) asked(ctx context.Context, st *csms.Station, wishes ...fleet.CertificateRequest) error {
	_, err := h.Submit(ctx, fleet.CertificateAsked{Station: st.Identity(), Received: time.Now(), List: wishes})
	return err
}

func unsupported(st *csms.Station, wish fleet.CertificateWish) fleet.CertificateRequest {
	return fleet.CertificateRequest{Station: st.Identity(), Wish: wish, Status: "Failed", Reason: adapter.ReasonUnsupported}
}

// because says why a wish is not granted.
func because(wish fleet.CertificateRequest) *ocpp21.StatusInfo {
	info := adapter.NoAuthority
	if wish.Fault != "" {
		info = fleet.Clip(wish.Fault, 512)
	}
	return &ocpp21.StatusInfo{ReasonCode: wish.Reason, AdditionalInfo: ocpp.Some(info)}
}
