package v201

import (
	"context"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp201"
)

// signCertificate refuses to sign a certificate (A02.FR.12), and keeps what the station wants.
func (h handlers) signCertificate(ctx context.Context, st *csms.Station, req *ocpp201.SignCertificateRequest) (*ocpp201.SignCertificateResponse, error) {
	wish := adapter.SigningRequest(st.Identity(), req.CSR)
	wish.Use = string(req.CertificateType)
	if err := h.asked(ctx, st, wish); err != nil {
		return nil, err
	}
	return &ocpp201.SignCertificateResponse{Status: ocpp201.GenericStatusRejected, StatusInfo: because(wish)}, nil
}

// contractCertificate fails (M01, M02): there is nobody here to ask for contracts. The empty exiResponse is that of a
// failure (Iso15118EVCertificateStatusEnumType).
func (h handlers) contractCertificate(ctx context.Context, st *csms.Station, req *ocpp201.Get15118EVCertificateRequest) (*ocpp201.Get15118EVCertificateResponse, error) {
	wish := unsupported(st, fleet.WishContract)
	wish.Schema, wish.Action = req.ISO15118SchemaVersion, string(req.Action)
	if err := h.asked(ctx, st, wish); err != nil {
		return nil, err
	}
	return &ocpp201.Get15118EVCertificateResponse{Status: ocpp201.ISO15118EVCertificateStatusFailed, StatusInfo: because(wish)}, nil
}

// certificateStatus fails: no responder is asked from here (M06.FR.04).
func (h handlers) certificateStatus(ctx context.Context, st *csms.Station, req *ocpp201.GetCertificateStatusRequest) (*ocpp201.GetCertificateStatusResponse, error) {
	d := &req.OCSPRequestData
	wish := unsupported(st, fleet.WishStatus)
	wish.HashAlgorithm, wish.IssuerNameHash, wish.IssuerKeyHash = string(d.HashAlgorithm), d.IssuerNameHash, d.IssuerKeyHash
	wish.SerialNumber, wish.Source, wish.URL = d.SerialNumber, "OCSP", d.ResponderURL
	if err := h.asked(ctx, st, wish); err != nil {
		return nil, err
	}
	return &ocpp201.GetCertificateStatusResponse{Status: ocpp201.GetCertificateStatusFailed, StatusInfo: because(wish)}, nil
}

func (h handlers) asked(ctx context.Context, st *csms.Station, wishes ...fleet.CertificateRequest) error {
	_, err := h.Submit(ctx, fleet.CertificateAsked{Station: st.Identity(), Received: time.Now(), List: wishes})
	return err
}

func unsupported(st *csms.Station, wish fleet.CertificateWish) fleet.CertificateRequest {
	return fleet.CertificateRequest{Station: st.Identity(), Wish: wish, Status: "Failed", Reason: adapter.ReasonUnsupported}
}

// because says why a wish is not granted.
func because(wish fleet.CertificateRequest) *ocpp201.StatusInfo {
	info := adapter.NoAuthority
	if wish.Fault != "" {
		info = fleet.Clip(wish.Fault, 512)
	}
	return &ocpp201.StatusInfo{ReasonCode: wish.Reason, AdditionalInfo: ocpp.Some(info)}
}
