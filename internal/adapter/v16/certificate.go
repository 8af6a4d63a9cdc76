package v16

import (
	"context"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp16"
)

// signCertificate refuses to sign a certificate (security whitepaper A02.FR.12), and keeps what the station wants.
func (h handlers) signCertificate(ctx context.Context, st *csms.Station, req *ocpp16.SignCertificateRequest) (*ocpp16.SignCertificateResponse, error) {
	_, err := h.Submit(ctx, fleet.CertificateAsked{
		Station: st.Identity(), Received: time.Now(), List: []fleet.CertificateRequest{adapter.SigningRequest(st.Identity(), req.CSR)},
	})
	if err != nil {
		return nil, err
	}
	return &ocpp16.SignCertificateResponse{Status: ocpp16.GenericStatusRejected}, nil
}
