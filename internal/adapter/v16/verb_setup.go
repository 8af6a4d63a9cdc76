package v16

import (
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp16"
)

// maxCertificate is how long a certificate may be (1.6 security whitepaper, InstallCertificate).
const maxCertificate = 5500

// installCertificate makes an InstallCertificate (1.6 security whitepaper M05).
func askInstallCertificate(v *fleet.InstallCertificateRequest) (adapter.Instruction, error) {
	use, err := certificateUse("/use", v.Use)
	if err != nil {
		return nil, err
	}
	if len(v.Certificate) > maxCertificate {
		return nil, fleet.NotInVersion("/certificate", "OCPP 1.6 takes at most %d characters", maxCertificate)
	}
	return &ocpp16.InstallCertificateRequest{CertificateType: use, Certificate: v.Certificate}, nil
}

func certificateUse(at, use string) (ocpp16.CertificateUse, error) {
	switch use {
	case "CSMSRootCertificate", "":
		return ocpp16.CertificateUseCentralSystemRootCertificate, nil
	case "ManufacturerRootCertificate":
		return ocpp16.CertificateUseManufacturerRootCertificate, nil
	}
	return "", fleet.NotInVersion(at, "OCPP 1.6 has CSMSRootCertificate and ManufacturerRootCertificate only")
}

// deleteCertificate makes a DeleteCertificate (1.6 security whitepaper M04).
func askDeleteCertificate(v *fleet.DeleteCertificateRequest) (adapter.Instruction, error) {
	return &ocpp16.DeleteCertificateRequest{CertificateHashData: ocpp16.CertificateHashData{
		HashAlgorithm: ocpp16.HashAlgorithm(v.HashAlgorithm), IssuerNameHash: v.IssuerNameHash, IssuerKeyHash: v.IssuerKeyHash, SerialNumber: v.SerialNumber,
	}}, nil
}

// listCertificates makes a GetInstalledCertificateIds (1.6 security whitepaper M03).
func askListCertificates(v *fleet.ListCertificatesRequest) (adapter.Instruction, error) {
	use := ""
	switch {
	case len(v.Uses) > 1:
		return nil, fleet.NotInVersion("/uses/1", "OCPP 1.6 lists the certificates for one use at a time: ask once for each")
	case len(v.Uses) == 1:
		use = v.Uses[0]
	}
	kind, err := certificateUse("/uses/0", use)
	return &ocpp16.GetInstalledCertificateIdsRequest{CertificateType: kind}, err
}
