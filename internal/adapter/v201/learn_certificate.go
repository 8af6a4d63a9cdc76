package v201

import (
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp201"
)

// learnCertificates takes what a station told of its certificates (M03, M04, M05).
func learnCertificates(station string, req, resp any) []fleet.Event {
	switch resp := resp.(type) {
	case *ocpp201.InstallCertificateResponse:
		if req, ok := req.(*ocpp201.InstallCertificateRequest); ok {
			return adapter.InstallAnswered(station, string(req.CertificateType), req.Certificate, answer(string(resp.Status), resp.StatusInfo))
		}
	case *ocpp201.CertificateSignedResponse:
		if req, ok := req.(*ocpp201.CertificateSignedRequest); ok {
			return adapter.SignedAnswered(station, string(req.CertificateType), req.CertificateChain, answer(string(resp.Status), resp.StatusInfo))
		}
	case *ocpp201.DeleteCertificateResponse:
		if req, ok := req.(*ocpp201.DeleteCertificateRequest); ok {
			return adapter.DeleteAnswered(station, certificateHash(&req.CertificateHashData), answer(string(resp.Status), resp.StatusInfo))
		}
	case *ocpp201.GetInstalledCertificateIdsResponse:
		if req, ok := req.(*ocpp201.GetInstalledCertificateIdsRequest); ok {
			return adapter.Listed(station, usesOf(req), listed(resp))
		}
	}
	return nil
}

// answer begins an answer with what all have.
func answer(status string, more *ocpp201.StatusInfo) fleet.DeviceAnswer {
	a := fleet.DeviceAnswer{Status: status}
	if more != nil {
		a.Reason, a.Info = more.ReasonCode, more.AdditionalInfo.Or("")
	}
	return a
}

func usesOf(req *ocpp201.GetInstalledCertificateIdsRequest) (uses []string) {
	for _, use := range req.CertificateType {
		uses = append(uses, string(use))
	}
	return uses
}

// listed reads chains: the first certificate, and those below it (M03.FR.05).
func listed(resp *ocpp201.GetInstalledCertificateIdsResponse) (list []fleet.InstalledCertificate) {
	for i := range resp.CertificateHashDataChain {
		chain := &resp.CertificateHashDataChain[i]
		first := fleet.InstalledCertificate{Use: string(chain.CertificateType), CertificateHash: certificateHash(&chain.CertificateHashData)}
		list = append(list, first)
		for j := range chain.ChildCertificateHashData {
			list = append(list, fleet.InstalledCertificate{
				Use: first.Use, ParentSerial: first.SerialNumber, CertificateHash: certificateHash(&chain.ChildCertificateHashData[j]),
			})
		}
	}
	return list
}

func certificateHash(d *ocpp201.CertificateHashData) fleet.CertificateHash {
	return fleet.CertificateHash{
		Algorithm: string(d.HashAlgorithm), IssuerNameHash: d.IssuerNameHash, IssuerKeyHash: d.IssuerKeyHash, SerialNumber: d.SerialNumber,
	}
}
