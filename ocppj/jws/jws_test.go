package jws_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"errors"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/ocppj"
	"github.com/chargeyard/chargeyard/ocppj/jws"
)

func certify(t *testing.T, key crypto.Signer) *x509.Certificate {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "CS1"}, NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func ecdsaKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func rsaKey(t *testing.T, bits int) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func signer(t *testing.T, o jws.SignerOptions) *jws.Signer {
	t.Helper()
	s, err := jws.NewSigner(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var boot = ocppj.SignedMessage{Identity: "CS1", Type: ocppj.TypeCall, MessageID: "1", Action: "BootNotification"}

const payload = `{"reason":"PowerUp"}`

func sign(t *testing.T, s *jws.Signer) []byte {
	t.Helper()
	b, err := s.Sign(context.Background(), boot, []byte(payload))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestR22SignAndVerifyWithTheAllowedAlgorithms(t *testing.T) {
	ec, rs := ecdsaKey(t), rsaKey(t, 2048)
	for alg, o := range map[string]jws.SignerOptions{
		"ES256": {Key: ec, Certificate: certify(t, ec)},
		"RS256": {Key: rs, Certificate: certify(t, rs)},
		"RS384": {Key: rs, Certificate: certify(t, rs), SHA384: true},
	} {
		t.Run(alg, func(t *testing.T) {
			signed := sign(t, signer(t, o))
			got, err := jws.NewCertificateVerifier(o.Certificate).Verify(context.Background(), boot, signed)
			if err != nil || string(got) != payload {
				t.Errorf("%s, %v", got, err)
			}
			var flat map[string]string
			if err := json.Unmarshal(signed, &flat); err != nil || len(flat) != 3 {
				t.Fatalf("not flattened: %s", signed)
			}
			protected, err := base64.RawURLEncoding.DecodeString(flat["protected"])
			if err != nil {
				t.Fatal(err)
			}
			var header map[string]any
			if err := json.Unmarshal(protected, &header); err != nil {
				t.Fatal(err)
			}
			if header["alg"] != alg || header["OCPPAction"] != "BootNotification" || header["OCPPMessageTypeId"] != 2. ||
				header["x5t#S256"] != jws.Thumbprint(o.Certificate) {
				t.Errorf("%s", protected)
			}
		})
	}
}

func TestR22SignatureIsBoundToTheMessage(t *testing.T) {
	key := ecdsaKey(t)
	cert := certify(t, key)
	signed := sign(t, signer(t, jws.SignerOptions{Key: key, Certificate: cert}))
	v := jws.NewCertificateVerifier(cert)
	otherAction, otherType := boot, boot
	otherAction.Action = "Heartbeat"
	otherType.Type = ocppj.TypeCallResult
	for name, m := range map[string]ocppj.SignedMessage{"action": otherAction, "type": otherType} {
		if _, err := v.Verify(context.Background(), m, signed); err == nil {
			t.Errorf("the signature was taken for another %s", name)
		}
	}
}

func TestR22BadSignaturesAreRefused(t *testing.T) {
	key, other := ecdsaKey(t), ecdsaKey(t)
	cert := certify(t, key)
	v := jws.NewCertificateVerifier(cert)
	signed := string(sign(t, signer(t, jws.SignerOptions{Key: key, Certificate: cert})))
	forged := sign(t, signer(t, jws.SignerOptions{Key: other})) // names no key
	none := `{"payload":"` + base64.RawURLEncoding.EncodeToString([]byte(payload)) + `","protected":"` +
		base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","OCPPAction":"BootNotification","OCPPMessageTypeId":2}`)) +
		`","signature":""}`
	for name, b := range map[string]string{
		"another payload": strings.Replace(signed, `"payload":"`, `"payload":"AAAA`, 1),
		"another key":     string(forged), "no algorithm": none, "no JSON": "x", "empty": "{}", "no object": "[]",
	} {
		if _, err := v.Verify(context.Background(), boot, []byte(b)); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if _, err := jws.NewCertificateVerifier().Verify(context.Background(), boot, []byte(signed)); !errors.Is(err, jws.ErrUnknownKey) {
		t.Errorf("an unknown key: %v", err)
	}
}

func TestNewSignerRefusesWhatOCPPDoesNotAllow(t *testing.T) {
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, o := range map[string]jws.SignerOptions{
		"no key": {}, "P-384": {Key: p384}, "1024 bits": {Key: rsaKey(t, 1024)},
		"another certificate": {Key: ecdsaKey(t), Certificate: certify(t, ecdsaKey(t))},
	} {
		if _, err := jws.NewSigner(o); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}
