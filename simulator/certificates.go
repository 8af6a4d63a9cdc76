package simulator

import (
	"context"
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"encoding/pem"
	"strings"

	"github.com/chargeyard/chargeyard/ocpp21"
)

// keptCertificate is a root certificate that the CSMS has installed.
type keptCertificate struct {
	use  string
	hash ocpp21.CertificateHashData
}

// hashOf is the identification of a certificate that issues itself (OCSP, RFC 6960, 4.1.1).
func hashOf(text string) (ocpp21.CertificateHashData, bool) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return ocpp21.CertificateHashData{}, false
	}
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return ocpp21.CertificateHashData{}, false
	}
	var key struct {
		Algorithm asn1.RawValue
		Bits      asn1.BitString
	}
	if _, err := asn1.Unmarshal(c.RawSubjectPublicKeyInfo, &key); err != nil {
		return ocpp21.CertificateHashData{}, false
	}
	sum := func(b []byte) string {
		h := crypto.SHA256.New()
		h.Write(b)
		return hex.EncodeToString(h.Sum(nil))
	}
	return ocpp21.CertificateHashData{
		HashAlgorithm: ocpp21.HashAlgorithmSHA256, IssuerNameHash: sum(c.RawIssuer), IssuerKeyHash: sum(key.Bits.Bytes),
		SerialNumber: strings.TrimLeft(c.SerialNumber.Text(16), "0"),
	}, true
}

// install keeps a root; it returns Accepted, Rejected for no certificate or no room (M05.FR.06).
func (k *keep) installRoot(use, text string) string {
	hash, ok := hashOf(text)
	if !ok {
		return "Rejected"
	}
	k.keepMu.Lock()
	defer k.keepMu.Unlock()
	ok = put(&k.certificates, keptCertificate{use, hash}, maxCertificates, func(c keptCertificate) bool { return c.hash == hash && c.use == use })
	return word(ok, "Accepted", "Rejected")
}

func (k *keep) deleteRoot(same func(ocpp21.CertificateHashData) bool) string {
	k.keepMu.Lock()
	defer k.keepMu.Unlock()
	return word(drop(&k.certificates, func(c keptCertificate) bool { return same(c.hash) }) > 0, "Accepted", "NotFound")
}

func (k *keep) roots() []keptCertificate {
	k.keepMu.Lock()
	defer k.keepMu.Unlock()
	return append([]keptCertificate(nil), k.certificates...)
}

// certificateSigned2 takes a chain that is a certificate; there is no key that it could belong to.
func (s *Station) certificateSigned2(_ context.Context, req *ocpp21.CertificateSignedRequest) (*ocpp21.CertificateSignedResponse, error) {
	_, ok := hashOf(req.CertificateChain)
	return &ocpp21.CertificateSignedResponse{Status: word[ocpp21.CertificateSignedStatus](ok, "Accepted", "Rejected")}, nil
}

func (s *Station) installCertificate2(_ context.Context, req *ocpp21.InstallCertificateRequest) (*ocpp21.InstallCertificateResponse, error) {
	return &ocpp21.InstallCertificateResponse{Status: ocpp21.InstallCertificateStatus(s.installRoot(string(req.CertificateType), req.Certificate))}, nil
}

func (s *Station) deleteCertificate2(_ context.Context, req *ocpp21.DeleteCertificateRequest) (*ocpp21.DeleteCertificateResponse, error) {
	d := req.CertificateHashData
	status := s.deleteRoot(func(h ocpp21.CertificateHashData) bool {
		return strings.EqualFold(h.SerialNumber, d.SerialNumber) && strings.EqualFold(h.IssuerNameHash, d.IssuerNameHash) &&
			strings.EqualFold(h.IssuerKeyHash, d.IssuerKeyHash) && h.HashAlgorithm == d.HashAlgorithm
	})
	return &ocpp21.DeleteCertificateResponse{Status: ocpp21.DeleteCertificateStatus(status)}, nil
}

func (s *Station) installedCertificates2(_ context.Context, req *ocpp21.GetInstalledCertificateIdsRequest) (*ocpp21.GetInstalledCertificateIdsResponse, error) {
	resp := &ocpp21.GetInstalledCertificateIdsResponse{Status: "NotFound"}
	for _, c := range s.roots() {
		wanted := len(req.CertificateType) == 0
		for _, t := range req.CertificateType {
			wanted = wanted || string(t) == c.use
		}
		if wanted {
			resp.Status = "Accepted"
			resp.CertificateHashDataChain = append(resp.CertificateHashDataChain, ocpp21.CertificateHashDataChain{
				CertificateType: ocpp21.GetCertificateIDUse(c.use), CertificateHashData: c.hash,
			})
		}
	}
	return resp, nil
}
