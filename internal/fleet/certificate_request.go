package fleet

import (
	"fmt"
	"time"
)

// CertificateWish is what a station wants about certificates.
type CertificateWish string

// The wishes.
const (
	WishSign     CertificateWish = "sign"     // SignCertificate (A02, A03)
	WishContract CertificateWish = "contract" // Get15118EVCertificate (M01, M02)
	WishStatus   CertificateWish = "status"   // GetCertificateStatus (M06)
	WishChain    CertificateWish = "chain"    // GetCertificateChainStatus (M07), one for each certificate
)

// CertificateAsked is a request about certificates, and how it is answered.
type CertificateAsked struct {
	Station  string
	Received time.Time
	List     []CertificateRequest // one, or one for each certificate of a chain
}

// CertificateRequest is what a station wants about one certificate. Fields that its kind does not have are empty.
type CertificateRequest struct {
	Number    int64 // in the order of arrival; 0 until it is stored
	Station   string
	Wish      CertificateWish
	Status    string // how it was answered
	Reason    string // why
	RequestID *int64 // 2.1

	// Of a certificate that is to be signed.
	Use          string // certificateType; "" is ChargingStationCertificate
	Subject      string // of the request, as RFC 2253 writes it
	KeyAlgorithm string // RSA, ECDSA, Ed25519
	KeyBits      int
	Fingerprint  string // SHA-256 of the request in DER, in hexadecimal digits
	Fault        string // what is wrong with the request; "": it can be read and its signature fits

	// Of a certificate whose status is wanted.
	HashAlgorithm  string
	IssuerNameHash string
	IssuerKeyHash  string
	SerialNumber   string
	Source         string // OCSP or CRL
	URL            string // of the responder; the first of several

	// Of a contract certificate. The request of the car itself is not kept.
	Schema string // iso15118SchemaVersion
	Action string // Install or Update

	FirstAsked time.Time
	LastAsked  time.Time
	Times      int64 // how often it was asked
}

// Digest identifies the request among those of its station. Asking the same again is the same request.
func (r CertificateRequest) Digest() string {
	return contentDigest(time.Time{}, time.Time{}, r.Wish, r.RequestID, r.Use, r.Fingerprint, r.Fault, r.HashAlgorithm, r.IssuerNameHash,
		r.IssuerKeyHash, r.SerialNumber, r.Source, r.URL, r.Schema, r.Action)
}

// About returns the station's identity.
func (e CertificateAsked) About() string { return e.Station }

// Check demands requests of the station, one at least, and an answer to each.
func (e CertificateAsked) Check() error {
	for _, r := range e.List {
		if r.Station != e.Station || r.Wish == "" || r.Status == "" {
			return fmt.Errorf("%w: a request %q of %q about certificates, answered %q", ErrInvalidEvent, r.Wish, r.Station, r.Status)
		}
	}
	if len(e.List) == 0 {
		return fmt.Errorf("%w: nothing is asked about certificates", ErrInvalidEvent)
	}
	return checkStation(e.Station)
}
