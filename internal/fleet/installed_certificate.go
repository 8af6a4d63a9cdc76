package fleet

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// InstalledCertificate is a certificate that is installed in a station, as far as the station told: in a list, or by accepting
// it. A certificate that was accepted is known by what is in it until a list brings the hashes that the station makes.
type InstalledCertificate struct {
	Number  int64
	Station string
	Use     string // such as CSMSRootCertificate; 1.6 calls that one CentralSystemRootCertificate
	CertificateHash
	ParentSerial string    // of a certificate below it in the chain: serial number of that one's; "": it is the first
	Subject      string    // of one that was installed from here; "": not known
	Fingerprint  string    // SHA-256 of it, in hex; "": not known
	NotAfter     time.Time // zero: not known
	InstalledAt  time.Time // when the station accepted it from here; zero: it did not
	Listed       time.Time // when a list had it last; zero: none did
}

// CertificateHash is how stations name certificates (2.x CertificateHashDataType, 1.6 security extension).
type CertificateHash struct {
	Algorithm      string // SHA256, SHA384, SHA512; "": the station has told none yet
	IssuerNameHash string
	IssuerKeyHash  string
	SerialNumber   string // in hex
}

// Same reports whether two names are of one certificate. Hashes are hexadecimal: their case does not count, nor do zeros
// before a serial number. A hash that is not known is that of any.
func (h CertificateHash) Same(other CertificateHash) bool {
	if plainSerial(h.SerialNumber) != plainSerial(other.SerialNumber) {
		return false
	}
	if h.Algorithm == "" || other.Algorithm == "" || !strings.EqualFold(h.Algorithm, other.Algorithm) {
		return h.Algorithm == "" || other.Algorithm == ""
	}
	return strings.EqualFold(h.IssuerNameHash, other.IssuerNameHash) && strings.EqualFold(h.IssuerKeyHash, other.IssuerKeyHash)
}

func plainSerial(s string) string { return strings.TrimLeft(strings.ToLower(s), "0") }

// CertificateInstalled is a certificate that a station accepted.
type CertificateInstalled struct{ Certificate InstalledCertificate }

// CertificateDeleted is a certificate that is not there any more.
type CertificateDeleted struct{ Hash CertificateHash }

// CertificatesListed is a list of the certificates of a station. Of the uses that were asked for there are no others.
type CertificatesListed struct {
	Uses []string // empty: of all
	List []InstalledCertificate
}

func (c CertificateInstalled) check(station string) error { return c.Certificate.check(station) }

func (CertificateDeleted) check(string) error { return nil }

func (c CertificatesListed) check(station string) error {
	for i := range c.List {
		if err := c.List[i].check(station); err != nil {
			return err
		}
	}
	return nil
}

func (c *InstalledCertificate) check(station string) error {
	if c.Station != station {
		return fmt.Errorf("%w: a certificate of %q", ErrInvalidEvent, c.Station)
	}
	return nil
}

// Apply returns what is installed when the station has accepted this one.
func (c CertificateInstalled) Apply(have []InstalledCertificate) []InstalledCertificate {
	for i, old := range have {
		if old.Use == c.Certificate.Use && old.Same(c.Certificate.CertificateHash) && old.ParentSerial == "" {
			have = slices.Clone(have)
			have[i] = c.Certificate.with(old)
			return have
		}
	}
	return append(slices.Clip(have), c.Certificate)
}

// with takes from what was known before what is not known now.
func (c InstalledCertificate) with(old InstalledCertificate) InstalledCertificate {
	c.Number = old.Number
	if c.Algorithm == "" {
		c.CertificateHash = old.CertificateHash
	}
	if c.Fingerprint == "" {
		c.Subject, c.Fingerprint, c.NotAfter, c.InstalledAt = old.Subject, old.Fingerprint, old.NotAfter, old.InstalledAt
	}
	if c.Listed.IsZero() {
		c.Listed = old.Listed
	}
	return c
}

// Apply returns what is installed when a certificate is gone, and those below it in its chain with it (M04.FR.08).
func (c CertificateDeleted) Apply(have []InstalledCertificate) []InstalledCertificate {
	var stay []InstalledCertificate
	for _, old := range have {
		gone := old.Same(c.Hash) || old.ParentSerial != "" && plainSerial(old.ParentSerial) == plainSerial(c.Hash.SerialNumber)
		if !gone {
			stay = append(stay, old)
		}
	}
	return stay
}

// Apply returns what is installed when a station has told it.
func (c CertificatesListed) Apply(have []InstalledCertificate) []InstalledCertificate {
	var now []InstalledCertificate
	for _, old := range have {
		if len(c.Uses) > 0 && !slices.Contains(c.Uses, old.Use) {
			now = append(now, old)
		}
	}
	for _, told := range c.List {
		for _, old := range have {
			if old.Use == told.Use && old.ParentSerial == told.ParentSerial && old.Same(told.CertificateHash) {
				told = told.with(old)
				break
			}
		}
		now = append(now, told)
	}
	return now
}
