package server

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/store/sqlitetest"
)

// authority signs certificates of a test.
type authority struct {
	t    *testing.T
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{t: t, dir: t.TempDir(), key: ecKey(t)}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test CA"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, a.key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	a.write("ca.pem", "CERTIFICATE", der)
	return a
}

func ecKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func (a *authority) write(name, kind string, der []byte) string {
	a.t.Helper()
	path := filepath.Join(a.dir, name)
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		a.t.Fatal(err)
	}
	return path
}

// issue makes a certificate for a key, and files of both.
func (a *authority) issue(name string, key crypto.Signer) (tls.Certificate, CertificateFiles) {
	a.t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name, Organization: []string{"Operator"}},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageDigitalSignature,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, key.Public(), a.key)
	if err != nil {
		a.t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		a.t.Fatal(err)
	}
	files := CertificateFiles{Cert: a.write(name+".pem", "CERTIFICATE", der), Key: a.write(name+".key", "PRIVATE KEY", keyDER)}
	cert, err := tls.LoadX509KeyPair(files.Cert, files.Key)
	if err != nil {
		a.t.Fatal(err)
	}
	return cert, files
}

// client trusts the authority and shows certs.
func (a *authority) client(certs ...tls.Certificate) *tls.Config {
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	return &tls.Config{RootCAs: pool, Certificates: certs, MinVersion: tls.VersionTLS12}
}

// tlsRig is a server for known stations with TLS only, and an ECDSA and an RSA certificate.
func tlsRig(t *testing.T, change ...func(*Config)) (*rig, *authority) {
	t.Helper()
	a := newAuthority(t)
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	_, ec := a.issue("server-ec", ecKey(t))
	_, rsa := a.issue("server-rsa", rsaKey)
	c := Config{
		OCPP: Off, OCPPTLS: "127.0.0.1:0", Certificates: []CertificateFiles{ec, rsa},
		ClientCA: filepath.Join(a.dir, "ca.pem"), Stations: ModeKnown,
	}
	for _, f := range change {
		f(&c)
	}
	return serve(t, c), a
}

func TestR62RSAKeyExchangeIsOfferedOnlyWhenAskedFor(t *testing.T) {
	for _, asked := range []bool{false, true} {
		r, a := tlsRig(t, func(c *Config) { c.RSAKeyExchange = asked })
		key := r.create("CP-002", 2)
		for _, suite := range []uint16{tls.TLS_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_RSA_WITH_AES_256_GCM_SHA384} {
			config := a.client()
			config.MaxVersion, config.CipherSuites = tls.VersionTLS12, []uint16{suite}
			_, err := r.dial("CP-002", "ocpp1.6", login{tls: config, password: []byte(key)})
			if (err == nil) != asked {
				t.Errorf("%s, asked for: %v: %v", tls.CipherSuiteName(suite), asked, err)
			}
		}
	}
}

func TestR63TheOperatorsNameMustBeInTheCertificate(t *testing.T) {
	for operator, fine := range map[string]bool{"": true, "Operator": true, "Other": false} {
		r, a := tlsRig(t, func(c *Config) { c.Operator = operator })
		r.create("CP-003", 3)
		own, _ := a.issue("CP-003", ecKey(t))
		if _, err := r.dial("CP-003", "ocpp1.6", login{tls: a.client(own)}); (err == nil) != fine {
			t.Errorf("operator %q: %v", operator, err)
		}
	}
}

func TestProfile2IsTLSWithAKey(t *testing.T) {
	r, a := tlsRig(t)
	key := r.create("CP-002", 2)
	r.refused("CP-002", login{tls: a.client()}, http.StatusUnauthorized)
	r.refused("CP-002", login{tls: a.client(), password: []byte("wrong")}, http.StatusUnauthorized)
	r.refused("stranger", login{tls: a.client(), password: []byte(key)}, http.StatusNotFound)
	r.connect("CP-002", "ocpp1.6", login{tls: a.client(), password: []byte(key)}).call("BootNotification", boot16)
	if _, err := r.dial("CP-002", "ocpp1.6", login{tls: &tls.Config{RootCAs: x509.NewCertPool()}, password: []byte(key)}); err == nil {
		t.Error("a client that does not trust the server connected")
	}
}

func TestR62BothServerCertificatesAreShown(t *testing.T) {
	r, a := tlsRig(t)
	key := r.create("CP-002", 2)
	for suite, want := range map[uint16]string{
		tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: "server-ec",
		tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384:   "server-rsa",
	} {
		config := a.client()
		config.MaxVersion, config.CipherSuites = tls.VersionTLS12, []uint16{suite}
		p := r.connect("CP-002", "ocpp1.6", login{tls: config, password: []byte(key)})
		if got := p.Conn.(*tls.Conn).ConnectionState().PeerCertificates[0].Subject.CommonName; got != want {
			t.Errorf("%s got the certificate %s, want %s", tls.CipherSuiteName(suite), got, want)
		}
	}
}

func TestR63ProfileThreeIsACertificateOfTheStation(t *testing.T) {
	r, a := tlsRig(t)
	if key := r.create("CP-003", 3); key != "" {
		t.Errorf("a station with a certificate got a key: %s", key)
	}
	own, _ := a.issue("CP-003", ecKey(t))
	other, _ := a.issue("CP-004", ecKey(t))
	foreign, _ := newAuthority(t).issue("CP-003", ecKey(t))
	r.connect("CP-003", "ocpp2.0.1", login{tls: a.client(own)}).call("BootNotification", boot2x)
	r.refused("CP-003", login{tls: a.client(other)}, http.StatusUnauthorized)
	r.refused("CP-003", login{tls: a.client(), password: []byte("any")}, http.StatusUnauthorized)
	r.refused("CP-004", login{tls: a.client(other)}, http.StatusNotFound)
	if _, err := r.dial("CP-003", "ocpp1.6", login{tls: a.client(foreign)}); err == nil {
		t.Error("a certificate of another authority was accepted")
	}
	// A certificate is more than a key: a station of profile 2 may use one.
	r.create("CP-005", 2)
	better, _ := a.issue("CP-005", ecKey(t))
	r.connect("CP-005", "ocpp1.6", login{tls: a.client(better)})
}

func TestCertificatesThatCannotBeUsedAreNamed(t *testing.T) {
	a := newAuthority(t)
	_, one := a.issue("one", ecKey(t))
	_, two := a.issue("two", ecKey(t))
	for name, c := range map[string]Config{
		"belong together": {Certificates: []CertificateFiles{{Cert: one.Cert, Key: two.Key}}},
		"nothing.pem":     {Certificates: []CertificateFiles{{Cert: "nothing.pem", Key: one.Key}}},
		"--client-ca":     {Certificates: []CertificateFiles{one}, ClientCA: one.Key},
	} {
		c.OCPPTLS, c.OCPP, c.HTTP, c.Data = "127.0.0.1:0", Off, "127.0.0.1:0", sqlitetest.Dir(t)
		if _, err := Open(t.Context(), c); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("want %q in: %v", name, err)
		}
	}
}
