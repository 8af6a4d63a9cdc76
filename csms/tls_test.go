package csms_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"log/slog"
	"math/big"
	"net/http"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/ocpptest"
)

// authority issues certificates.
type authority struct {
	t    testing.TB
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t testing.TB) *authority {
	t.Helper()
	a := &authority{t: t}
	a.key = ecKey(t)
	a.cert = a.sign(&x509.Certificate{
		Subject: pkix.Name{CommonName: "root"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}, a.key.Public(), nil)
	return a
}

func ecKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func (a *authority) sign(template *x509.Certificate, public crypto.PublicKey, parent *x509.Certificate) *x509.Certificate {
	a.t.Helper()
	template.SerialNumber = big.NewInt(time.Now().UnixNano())
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	if parent == nil {
		parent = template
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, public, a.key)
	if err != nil {
		a.t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		a.t.Fatal(err)
	}
	return cert
}

// issue makes a certificate for a key.
func (a *authority) issue(key crypto.Signer, subject pkix.Name, usage x509.ExtKeyUsage) tls.Certificate {
	a.t.Helper()
	cert := a.sign(&x509.Certificate{
		Subject: subject, DNSNames: []string{"csms.test"}, ExtKeyUsage: []x509.ExtKeyUsage{usage},
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
	}, key.Public(), a.cert)
	return tls.Certificate{Certificate: [][]byte{cert.Raw}, PrivateKey: key, Leaf: cert}
}

func (a *authority) pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	return pool
}

// serverCertificates are an ECDSA and an RSA one.
func (a *authority) serverCertificates() []tls.Certificate {
	a.t.Helper()
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		a.t.Fatal(err)
	}
	name := pkix.Name{CommonName: "csms.test"}
	return []tls.Certificate{
		a.issue(ecKey(a.t), name, x509.ExtKeyUsageServerAuth), a.issue(rsaKey, name, x509.ExtKeyUsageServerAuth),
	}
}

// openTLS is open behind TLS.
func openTLS(t *testing.T, o csms.Options, tlsOptions csms.TLSOptions) *yard {
	t.Helper()
	config, err := csms.TLSConfig(tlsOptions)
	if err != nil {
		t.Fatal(err)
	}
	y := newYard(t, o)
	l := ocpptest.Listen(ocpptest.LinkOptions{})
	y.web = &ocpptest.Server{URL: "wss://csms.test", Listener: l, Config: &http.Server{
		Handler: y.srv, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
	}}
	served := make(chan struct{})
	go func() {
		defer close(served)
		y.web.Config.Serve(tls.NewListener(csms.NewLimitListener(l, csms.LimitOptions{}), config)) // ErrServerClosed
	}()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := y.srv.Shutdown(ctx); err != nil {
			t.Error(err)
		}
		y.web.Config.Close()
		<-served
	})
	return y
}

func TestR62SuitesOfTLS12(t *testing.T) {
	a := newAuthority(t)
	certificates := a.serverCertificates()
	rsaOnly := []uint16{tls.TLS_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_RSA_WITH_AES_256_GCM_SHA384}
	for _, c := range []struct {
		suite    uint16
		rsa      bool
		accepted bool
	}{
		{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, false, true},
		{tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, false, true},
		{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, true, true},
		{rsaOnly[0], false, false},
		{rsaOnly[1], false, false},
		{rsaOnly[0], true, true},
		{rsaOnly[1], true, true},
		{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, false, true},
		{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, true, false},
		{tls.TLS_RSA_WITH_AES_128_CBC_SHA, true, false},
	} {
		t.Run(tls.CipherSuiteName(c.suite), func(t *testing.T) {
			y := openTLS(t, csms.Options{}, csms.TLSOptions{Certificates: certificates, RSAKeyExchange: c.rsa})
			p, err := y.try("/ocpp/CS-1", ocpptest.PeerOptions{
				Subprotocols: []string{"ocpp1.6"},
				TLS:          &tls.Config{RootCAs: a.pool(), MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{c.suite}},
			})
			if (err == nil) != c.accepted {
				t.Fatalf("got %v", err)
			}
			if err == nil {
				defer p.Close()
				if got := p.Conn.(*tls.Conn).ConnectionState().CipherSuite; got != c.suite {
					t.Errorf("agreed on %s", tls.CipherSuiteName(got))
				}
			}
		})
	}
}

func TestR62OldTLSIsRefused(t *testing.T) {
	a := newAuthority(t)
	y := openTLS(t, csms.Options{}, csms.TLSOptions{Certificates: a.serverCertificates(), RSAKeyExchange: true})
	for version, accepted := range map[uint16]bool{
		tls.VersionTLS10: false, tls.VersionTLS11: false, tls.VersionTLS12: true, tls.VersionTLS13: true,
	} {
		p, err := y.try("/ocpp/CS-1", ocpptest.PeerOptions{
			Subprotocols: []string{"ocpp1.6"},
			TLS:          &tls.Config{RootCAs: a.pool(), MinVersion: version, MaxVersion: version},
		})
		if (err == nil) != accepted {
			t.Errorf("%s: %v", tls.VersionName(version), err)
		}
		if err == nil {
			p.Close()
		}
	}
}

func TestTLSConfigSaysWhatIsMissing(t *testing.T) {
	for _, o := range []csms.TLSOptions{
		{}, {Certificates: []tls.Certificate{{}}, RequireClientCertificate: true},
	} {
		if c, err := csms.TLSConfig(o); err == nil || c != nil {
			t.Errorf("%+v: %v, %v", o, c, err)
		}
	}
}

func TestR60ProfilesOverTLS(t *testing.T) {
	a := newAuthority(t)
	y := openTLS(t, csms.Options{MinProfile: csms.ProfileTLS}, csms.TLSOptions{
		Certificates: a.serverCertificates(), ClientCAs: a.pool(),
	})
	heartbeats(y.srv)
	client := a.issue(ecKey(t), pkix.Name{CommonName: "CS-3"}, x509.ExtKeyUsageClientAuth)
	for id, c := range map[string]struct {
		certificates []tls.Certificate
		header       http.Header
		profile      csms.Profile
	}{
		"CS-2": {nil, basic("CS-2", "secret"), csms.ProfileTLS},
		"CS-3": {[]tls.Certificate{client}, nil, csms.ProfileMutualTLS},
	} {
		p, err := y.try("/ocpp/"+id, ocpptest.PeerOptions{
			Subprotocols: []string{"ocpp1.6"}, Header: c.header,
			TLS: &tls.Config{RootCAs: a.pool(), Certificates: c.certificates},
		})
		if err != nil {
			t.Fatal(id, err)
		}
		defer p.Close()
		beat(t, p, "1")
		st, ok := y.srv.Station(id)
		if !ok || st.Profile() != c.profile {
			t.Errorf("%s: profile %d, want %d", id, st.Profile(), c.profile)
		}
	}
	_, err := y.try("/ocpp/CS-1", ocpptest.PeerOptions{
		Subprotocols: []string{"ocpp1.6"}, TLS: &tls.Config{RootCAs: a.pool()},
	})
	y.wantStatus(err, http.StatusUnauthorized, csms.ErrProfile)
}

func TestR63CertificateIsBoundToItsStation(t *testing.T) {
	a := newAuthority(t)
	servers := a.serverCertificates()
	serial := func(_ context.Context, id string) (string, error) {
		if id == "lost" {
			return "", errBroken
		}
		return map[string]string{"CS-1": "SN-1"}[id], nil
	}
	for name, c := range map[string]struct {
		rule     csms.CertificateRule
		identity string
		subject  pkix.Name
		reason   error
	}{
		"identity":          {csms.CertificateRule{}, "CS-1", pkix.Name{CommonName: "CS-1"}, nil},
		"of another":        {csms.CertificateRule{}, "CS-1", pkix.Name{CommonName: "CS-2"}, csms.ErrCertificate},
		"no name":           {csms.CertificateRule{}, "CS-1", pkix.Name{}, csms.ErrCertificate},
		"serial":            {csms.CertificateRule{SerialNumber: serial}, "CS-1", pkix.Name{CommonName: "SN-1"}, nil},
		"not the serial":    {csms.CertificateRule{SerialNumber: serial}, "CS-1", pkix.Name{CommonName: "CS-1"}, csms.ErrCertificate},
		"without a serial":  {csms.CertificateRule{SerialNumber: serial}, "CS-2", pkix.Name{}, csms.ErrCertificate},
		"serial unknown":    {csms.CertificateRule{SerialNumber: serial}, "lost", pkix.Name{CommonName: "lost"}, errBroken},
		"operator":          {csms.CertificateRule{Operator: "Yard"}, "CS-1", pkix.Name{CommonName: "CS-1", Organization: []string{"Yard"}}, nil},
		"other operator":    {csms.CertificateRule{Operator: "Yard"}, "CS-1", pkix.Name{CommonName: "CS-1", Organization: []string{"Dock"}}, csms.ErrCertificate},
		"no operator":       {csms.CertificateRule{Operator: "Yard"}, "CS-1", pkix.Name{CommonName: "CS-1"}, csms.ErrCertificate},
		"operator and more": {csms.CertificateRule{Operator: "Yard"}, "CS-1", pkix.Name{CommonName: "CS-1", Organization: []string{"Dock", "Yard"}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			y := openTLS(t, csms.Options{Certificate: c.rule}, csms.TLSOptions{
				Certificates: servers, ClientCAs: a.pool(), RequireClientCertificate: true,
			})
			p, err := y.try("/ocpp/"+c.identity, ocpptest.PeerOptions{
				Subprotocols: []string{"ocpp2.0.1"},
				TLS: &tls.Config{RootCAs: a.pool(), Certificates: []tls.Certificate{
					a.issue(ecKey(t), c.subject, x509.ExtKeyUsageClientAuth),
				}},
			})
			switch {
			case c.reason == nil && err != nil:
				t.Fatal(err)
			case c.reason == nil:
				p.Close()
			case errors.Is(c.reason, csms.ErrCertificate):
				y.wantStatus(err, http.StatusUnauthorized, c.reason)
			default:
				y.wantStatus(err, http.StatusInternalServerError, c.reason)
			}
		})
	}
}

func TestR60ClientCertificateOfAnUnknownAuthorityIsRefused(t *testing.T) {
	a, other := newAuthority(t), newAuthority(t)
	y := openTLS(t, csms.Options{}, csms.TLSOptions{Certificates: a.serverCertificates(), ClientCAs: a.pool()})
	stranger := other.issue(ecKey(t), pkix.Name{CommonName: "CS-1"}, x509.ExtKeyUsageClientAuth)
	_, err := y.try("/ocpp/CS-1", ocpptest.PeerOptions{
		Subprotocols: []string{"ocpp1.6"},
		TLS: &tls.Config{RootCAs: a.pool(), GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			return &stranger, nil
		}},
	})
	var status *ocpptest.StatusError
	if err == nil || errors.As(err, &status) {
		t.Fatalf("got %v, want a failed TLS handshake", err)
	}
}
