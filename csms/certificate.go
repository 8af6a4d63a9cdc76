package csms

import (
	"context"
	"crypto/x509"
	"fmt"
	"slices"
)

// CertificateRule binds client certificates to stations (rule R63; OCPP 2.1 Part 2, A00.FR.406 to 408). The
// zero rule wants the identity as the common name, and any organisation.
type CertificateRule struct {
	// SerialNumber returns the serial number of a station. When set, the common name (CN) must equal it instead
	// of the identity. Its error refuses the station.
	SerialNumber func(ctx context.Context, identity string) (string, error)

	// Operator is the name that must be among the organisations (O) of the certificate. Default: not checked.
	Operator string
}

// check applies the rule to the leaf certificate of a station.
func (c CertificateRule) check(ctx context.Context, identity string, leaf *x509.Certificate) error {
	want := identity
	if c.SerialNumber != nil {
		serial, err := c.SerialNumber(ctx, identity)
		if err != nil {
			return fmt.Errorf("the serial number of %q: %w", identity, err)
		}
		want = serial
	}
	if want == "" || leaf.Subject.CommonName != want {
		return fmt.Errorf("%w: CN is %q, want %q", ErrCertificate, leaf.Subject.CommonName, want)
	}
	if c.Operator != "" && !slices.Contains(leaf.Subject.Organization, c.Operator) {
		return fmt.Errorf("%w: O is %q, want %q", ErrCertificate, leaf.Subject.Organization, c.Operator)
	}
	return nil
}
