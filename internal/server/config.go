package server

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/chargeyard/chargeyard/csms"
)

// Config is what `chargeyard serve` was told. The zero Config serves with the defaults.
type Config struct {
	// Demo is the number of virtual stations to run beside the server; 0 is none.
	Demo int

	// OCPP is the address for stations without TLS. Off is none; "" is :8887, or 127.0.0.1:8887 with Demo.
	OCPP string

	// OCPPTLS is the address for stations with TLS; "" is none. It needs Certificates.
	OCPPTLS      string
	Certificates []CertificateFiles

	// ClientCA is a file with the certificates (PEM) that sign station certificates; "" turns profile 3 off.
	ClientCA string

	// Operator is the name that station certificates must have as their organisation (O); "" is any.
	Operator string

	// RSAKeyExchange offers the TLS_RSA suites, too, see csms.TLSOptions.
	RSAKeyExchange bool

	// Stations says who may connect; "" is ModeAuto.
	Stations Mode

	// UnknownTokens says what becomes of tokens of drivers that are not on record; "" is UnknownTokensAuto.
	UnknownTokens UnknownTokens

	// Needs says who makes charging profiles of what vehicles want; "" is NeedsServer.
	Needs Needs

	// Authorization is about somebody else who keeps tokens of drivers.
	Authorization AuthorizationConfig

	// Heartbeat is the interval that the boot answer gives; 0 is 5 minutes.
	Heartbeat time.Duration

	// Boot is how boots are answered of stations for which the API says nothing else; "" is BootAccepted.
	Boot Boot

	// BootRetry is the interval that the answer to a boot gives which is not accepted; 0 is one minute.
	BootRetry time.Duration

	// DataVendors are the vendors whose DataTransfers are accepted and kept: VENDOR, or VENDOR/MESSAGE for one message.
	DataVendors []string

	// Admission bounds what sockets may cost that are no stations yet, on each listener for stations. Zero fields have
	// the defaults of csms.LimitOptions.
	Admission csms.LimitOptions

	// Commits says how the store gathers what stations send.
	Commits Commits

	// DrainWindow is how long stopping may take: stations are closed evenly over most of it, so that they come back
	// evenly elsewhere. Few stations take less of it. 0 is 30 s, or 3 s with Demo.
	DrainWindow time.Duration

	// HTTP is the address of the API; "" is 127.0.0.1:8080.
	HTTP string

	// APIToken is accepted by the API beside the tokens of the data directory; "" is none.
	APIToken string

	// OTLPEndpoint is the base URL of a collector of traces, such as http://127.0.0.1:4318; "" makes none.
	OTLPEndpoint string

	// MetricsPublic lets everybody who reaches the API read /metrics, without a token.
	MetricsPublic bool

	// Data is the data directory; "" is ./chargeyard-data, or a temporary one with Demo.
	Data string

	// KeepEvents is how many of the latest events are kept, so that a client of /api/v1/events that was away misses
	// nothing; each takes about 160 bytes on disk, more with large data. 0 is 1,000,000.
	KeepEvents int

	// Version is shown by the API's description.
	Version string

	// Log is where to log; nil discards.
	Log *slog.Logger

	// Banner gets what the person at the terminal should read at the start; nil discards.
	Banner io.Writer
}

// CertificateFiles are a certificate chain and its private key, both PEM.
type CertificateFiles struct{ Cert, Key string }

// Needs says who makes charging profiles of what vehicles want (OCPP 2.x K15 to K20).
type Needs string

// Who makes them.
const (
	NeedsServer   Needs = "server"   // this server
	NeedsOperator Needs = "operator" // somebody who reads what they want, and uses the API
)

// Off as an address means: no such listener.
const Off = "off"

// Defaults of Config.
const (
	DefaultOCPP      = ":8887"
	DefaultDemoOCPP  = "127.0.0.1:8887"
	DefaultHTTP      = "127.0.0.1:8080"
	DefaultData      = "chargeyard-data"
	DefaultHeartbeat = 5 * time.Minute
	DefaultBootRetry = time.Minute

	DefaultDrainWindow = 30 * time.Second
	DefaultKeepEvents  = 1_000_000
)

func (c Config) withDefaults() Config {
	if c.OCPP == "" {
		c.OCPP = DefaultOCPP
		if c.Demo > 0 {
			c.OCPP = DefaultDemoOCPP
		}
	}
	if c.HTTP == "" {
		c.HTTP = DefaultHTTP
	}
	if c.Data == "" && c.Demo == 0 {
		c.Data = DefaultData
	}
	if c.Stations == "" {
		c.Stations = ModeAuto
	}
	if c.UnknownTokens == "" {
		c.UnknownTokens = UnknownTokensAuto
	}
	if c.Needs == "" {
		c.Needs = NeedsServer
	}
	c.Authorization = c.Authorization.withDefaults()
	if c.Heartbeat == 0 {
		c.Heartbeat = DefaultHeartbeat
	}
	if c.Boot == "" {
		c.Boot = BootAccepted
	}
	if c.BootRetry == 0 {
		c.BootRetry = DefaultBootRetry
	}
	if c.DrainWindow == 0 {
		c.DrainWindow = DefaultDrainWindow
		if c.Demo > 0 {
			c.DrainWindow = InterruptWindow
		}
	}
	if c.KeepEvents == 0 {
		c.KeepEvents = DefaultKeepEvents
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Banner == nil {
		c.Banner = io.Discard
	}
	return c
}

func (c Config) check() error {
	if c.OCPP == Off && c.OCPPTLS == "" {
		return errors.New("no station could connect: give --ocpp ADDR or --ocpp-tls ADDR")
	}
	if c.OCPP == Off && c.Demo > 0 {
		return errors.New("the stations of --demo connect without TLS: they need --ocpp ADDR")
	}
	if a := c.Admission; a.Handshakes < 0 || a.Waiting < 0 || a.HandshakeTimeout < 0 || a.MaxWait < 0 {
		return errors.New("a bound of handshakes below zero is not possible")
	}
	if u := c.UnknownTokens; u != UnknownTokensAuto && u != UnknownTokensAccept && u != UnknownTokensRefuse {
		return fmt.Errorf("unknown tokens are accepted or refused, not %q", u)
	}
	if c.Needs != NeedsServer && c.Needs != NeedsOperator {
		return fmt.Errorf("charging profiles for what vehicles want are made by the server or the operator, not by %q", c.Needs)
	}
	if err := c.Authorization.check(); err != nil {
		return err
	}
	if c.DrainWindow < 0 {
		return errors.New("a drain window below zero is not possible")
	}
	if c.KeepEvents < 0 {
		return errors.New("a number of kept events below zero is not possible")
	}
	if c.Heartbeat < time.Second {
		return errors.New("a heartbeat interval below one second is not possible in OCPP")
	}
	if _, ok := bootStatuses()[c.Boot]; !ok {
		return fmt.Errorf("a boot is answered accepted, pending or rejected, not %q", c.Boot)
	}
	if c.BootRetry < time.Second {
		return errors.New("an interval of boots below one second is not possible in OCPP")
	}
	return nil
}
