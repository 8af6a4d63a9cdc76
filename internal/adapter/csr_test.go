package adapter_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/chargeyard/chargeyard/internal/adapter"
)

func csrOf(t *testing.T, key crypto.Signer) []byte {
	t.Helper()
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{
		Subject: pkix.Name{CommonName: "CS-1", Organization: []string{"Operator"}},
	}, key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func inPEM(der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der}))
}

func TestSigningRequestsAreRead(t *testing.T) {
	small, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		key       crypto.Signer
		algorithm string
		bits      int
	}{{small, "RSA", 2048}, {curve, "ECDSA", 256}, {edwards, "Ed25519", 256}} {
		der := csrOf(t, c.key)
		pemmed := adapter.SigningRequest("CS-1", inPEM(der))
		if pemmed.Fault != "" || pemmed.Subject != "CN=CS-1,O=Operator" || pemmed.KeyAlgorithm != c.algorithm || pemmed.KeyBits != c.bits {
			t.Errorf("%s: %+v", c.algorithm, pemmed)
		}
		if bare := adapter.SigningRequest("CS-1", base64.StdEncoding.EncodeToString(der)); bare != pemmed {
			t.Errorf("without PEM: %+v, want %+v", bare, pemmed)
		}
		if pemmed.Status != "Rejected" || pemmed.Reason != adapter.ReasonUnsupported {
			t.Errorf("answered %s: %s", pemmed.Status, pemmed.Reason)
		}
	}
}

func TestBrokenSigningRequestsSayWhatIsWrong(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	forged := csrOf(t, key)
	forged[len(forged)-1] ^= 1
	for csr, want := range map[string]string{
		"":                          "it is not in PEM",
		"x":                         "it is not in PEM",
		inPEM([]byte("x")):          "it is no PKCS #10 request",
		inPEM(forged):               "its signature does not fit",
		strings.Repeat("A", 17<<10): "it is longer than 16384 characters",
		inPEM(csrOf(t, key)[:100]):  "it is no PKCS #10 request",
		inPEM([]byte(strings.Repeat("0\x84", 99))): "it is no PKCS #10 request",
	} {
		r := adapter.SigningRequest("CS-1", csr)
		if !strings.HasPrefix(r.Fault, want) || r.Reason != adapter.ReasonInvalidCSR || r.Status != "Rejected" {
			t.Errorf("%.40q: %+v, want %q", csr, r, want)
		}
	}
}
