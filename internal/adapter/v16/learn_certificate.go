package v16

import (
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp16"
)

// learnCertificates takes what a station told of its certificates (1.6 security whitepaper M03, M04, M05).
func learnCertificates(station string, req, resp any) []fleet.Event {
	switch resp := resp.(type) {
	case *ocpp16.InstallCertificateResponse:
		if req, ok := req.(*ocpp16.InstallCertificateRequest); ok {
			return adapter.InstallAnswered(station, string(req.CertificateType), req.Certificate, fleet.DeviceAnswer{Status: string(resp.Status)})
		}
	case *ocpp16.CertificateSignedResponse:
		if req, ok := req.(*ocpp16.CertificateSignedRequest); ok {
			return adapter.SignedAnswered(station, "", req.CertificateChain, fleet.DeviceAnswer{Status: string(resp.Status)})
		}
	case *ocpp16.DeleteCertificateResponse:
		if req, ok := req.(*ocpp16.DeleteCertificateRequest); ok {
			return adapter.DeleteAnswered(station, certificateHash(&req.CertificateHashData), fleet.DeviceAnswer{Status: string(resp.Status)})
		}
	case *ocpp16.GetInstalledCertificateIdsResponse:
		if req, ok := req.(*ocpp16.GetInstalledCertificateIdsRequest); ok {
			return adapter.Listed(station, []string{string(req.CertificateType)}, listed(req, resp))
		}
	}
	return nil
}

func listed(req *ocpp16.GetInstalledCertificateIdsRequest, resp *ocpp16.GetInstalledCertificateIdsResponse) (list []fleet.InstalledCertificate) {
	for i := range resp.CertificateHashData {
		list = append(list, fleet.InstalledCertificate{
			Use: string(req.CertificateType), CertificateHash: certificateHash(&resp.CertificateHashData[i]),
		})
	}
	return list
}

func certificateHash(d *ocpp16.CertificateHashData) fleet.CertificateHash {
	return fleet.CertificateHash{
		Algorithm: string(d.HashAlgorithm), IssuerNameHash: d.IssuerNameHash, IssuerKeyHash: d.IssuerKeyHash, SerialNumber: d.SerialNumber,
	}
}
