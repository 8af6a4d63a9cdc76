package station_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"log"
	"math/big"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chargeyard/chargeyard/ocpptest"
	"github.com/chargeyard/chargeyard/station"
)

// selfSigned makes a certificate that is its own authority.
func selfSigned(t *testing.T, name string) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// secureCSMS is a fakeCSMS behind TLS.
func secureCSMS(t *testing.T, f *fakeCSMS, config *tls.Config) {
	l := ocpptest.Listen(ocpptest.LinkOptions{})
	srv := &http.Server{Handler: f, ErrorLog: log.New(io.Discard, "", 0)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		srv.Serve(tls.NewListener(l, config))
	}()
	f.listener = l
	t.Cleanup(func() {
		srv.Close()
		<-done
	})
}

func TestR60ProfilesWithTLS(t *testing.T) {
	for _, want := range []station.Profile{station.ProfileTLS, station.ProfileMutualTLS} {
		bubble(t, func(t *testing.T, f *fakeCSMS) {
			server, roots := selfSigned(t, "csms.test")
			client, stations := selfSigned(t, "CS-1")
			config := &tls.Config{Certificates: []tls.Certificate{server}}
			p := station.NetworkProfile{URL: "wss://csms.test/ocpp", TLS: &tls.Config{RootCAs: roots}, Password: []byte("secret")}
			if want == station.ProfileMutualTLS {
				config.ClientAuth, config.ClientCAs = tls.RequireAndVerifyClientCert, stations
				p.TLS.Certificates, p.Password = []tls.Certificate{client}, nil
			}
			secureCSMS(t, f, config)
			o := f.options()
			o.URL, o.Profiles = "", []station.NetworkProfile{p}
			c := f.started(o)
			f.expect("0s connected ocpp1.6", "0s BootNotification")
			if got := c.Connection().Profile(); got != want {
				t.Errorf("security profile %d, want %d", got, want)
			}
			if basic := f.headers[0].Get("Authorization") != ""; basic != (want == station.ProfileTLS) {
				t.Errorf("with Basic: %t", basic)
			}
			if c.MinProfile() != want {
				t.Errorf("the floor is %d", c.MinProfile())
			}
		})
	}
}

func TestACSMSThatCannotBeTrustedIsASecurityEvent(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		server, _ := selfSigned(t, "csms.test")
		secureCSMS(t, f, &tls.Config{Certificates: []tls.Certificate{server}})
		_, others := selfSigned(t, "other.test")
		o := f.options()
		o.URL, o.Profiles = "", []station.NetworkProfile{{URL: "wss://csms.test/ocpp", TLS: &tls.Config{RootCAs: others}}}
		var events []string
		o.OnSecurityEvent = func(e station.SecurityEvent) { events = append(events, e.Type) }
		f.started(o)
		synctest.Wait()
		if !slices.Equal(events, []string{station.SecurityInvalidCSMSCert}) {
			t.Errorf("got %v", events)
		}
	})
}

func TestATLSVersionThatIsTooOldIsASecurityEvent(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		server, roots := selfSigned(t, "csms.test")
		secureCSMS(t, f, &tls.Config{Certificates: []tls.Certificate{server}, MinVersion: tls.VersionTLS13})
		o := f.options()
		o.URL, o.Profiles = "", []station.NetworkProfile{{
			URL: "wss://csms.test/ocpp", TLS: &tls.Config{RootCAs: roots, MaxVersion: tls.VersionTLS12},
		}}
		var events []string
		o.OnSecurityEvent = func(e station.SecurityEvent) { events = append(events, e.Type) }
		f.started(o)
		synctest.Wait()
		if !slices.Equal(events, []string{station.SecurityInvalidTLSVersion}) {
			t.Errorf("got %v", events)
		}
	})
}
