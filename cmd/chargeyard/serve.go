package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"time"

	"github.com/chargeyard/chargeyard/internal/server"
)

type serveCmd struct {
	Demo int `placeholder:"N" help:"Run N virtual stations beside the server, as a demonstration. Without --data everything is kept in a temporary directory, and without --ocpp only this machine can connect."`

	OCPP      string        `name:"ocpp" placeholder:"ADDR" help:"Address for stations without TLS, ws://ADDR/ocpp/IDENTITY; \"off\" for none. Default :8887, with --demo 127.0.0.1:8887." group:"Stations"`
	OCPPTLS   string        `name:"ocpp-tls" placeholder:"ADDR" help:"Address for stations with TLS, wss://ADDR/ocpp/IDENTITY (security profiles 2 and 3)." group:"Stations"`
	TLSCert   []string      `name:"tls-cert" placeholder:"FILE" help:"Certificate chain in PEM form. Repeat for several: OCPP asks for an ECDSA and an RSA certificate." group:"Stations"`
	TLSKey    []string      `name:"tls-key" placeholder:"FILE" help:"Private key in PEM form, one for each --tls-cert, in the same order." group:"Stations"`
	ClientCA  string        `name:"client-ca" placeholder:"FILE" help:"Certificates (PEM) that sign station certificates; turns security profile 3 on." group:"Stations"`
	Operator  string        `placeholder:"NAME" help:"Organisation (O) that station certificates must name. Default: any." group:"Stations"`
	TLSRSA    bool          `name:"tls-rsa-suites" help:"Also offer the two TLS 1.2 suites with RSA key exchange, which OCPP demands and old stations need. They have no forward secrecy." group:"Stations"`
	Stations  string        `enum:"open,known,auto" default:"auto" placeholder:"open|known" help:"Who may connect. known: stations created through the API, with their key or certificate. open: any station that has no key here. Without it: open when every station address is on loopback, known otherwise." group:"Stations"`
	Unknown   string        `name:"unknown-tokens" enum:"accept,refuse,auto" default:"auto" placeholder:"accept|refuse" help:"Whether drivers may charge whose token (card, code, app) is not on record. Those that may not are listed by the API, which accepts them with one call. Without it: accept with --demo and where any station may connect, refuse otherwise." group:"Stations"`
	Drain     time.Duration `name:"drain-window" placeholder:"DURATION" help:"How long SIGTERM may take: stations are closed evenly over most of it, those without a running transaction first, and those that come are told to try again later. Few stations take less. Default 30s, with --demo 3s." group:"Stations"`
	Heartbeat time.Duration `placeholder:"DURATION" default:"5m" help:"Heartbeat interval that the boot answer gives to stations. Default 5m." group:"Stations"`

	Boot      string        `enum:"accepted,pending,rejected" default:"accepted" placeholder:"accepted|pending|rejected" help:"How the boot of a station is answered that has no setting of its own. pending: it may not charge until PATCH /api/v1/stations/IDENTITY says {\"boot\": \"Accepted\"}. Default accepted." group:"Stations"`
	BootRetry time.Duration `name:"boot-retry" placeholder:"DURATION" default:"1m" help:"When a station that was not accepted shall boot again. Default 1m." group:"Stations"`

	DataVendor []string `name:"data-vendor" placeholder:"VENDOR[/MESSAGE]" help:"A vendor whose DataTransfers are accepted; they are read with GET /api/v1/stations/IDENTITY/data-transfers, as are all others, which are refused. Repeat for several." group:"Stations"`

	Needs string `name:"vehicle-needs" enum:"server,operator" default:"server" placeholder:"server|operator" help:"Who makes a charging profile of what a vehicle says it wants (OCPP 2.x, ISO 15118); docs/smart-charging.md has the rules. operator: somebody who reads GET /api/v1/stations/IDENTITY/charging-needs and sends profiles; stations hear that one is being made. Default server." group:"Stations"`

	Authorization authorizationFlags `embed:""`

	Admission admissionFlags `embed:""`
	Commits   commitFlags    `embed:""`

	HTTP     string `name:"http" placeholder:"ADDR" default:"127.0.0.1:8080" help:"Address of the API. Default 127.0.0.1:8080." group:"API"`
	APIToken string `name:"api-token" placeholder:"TOKEN" help:"A token the API accepts. Better given as CHARGEYARD_API_TOKEN: a command line can be read by others. Without it the first start makes one and prints it." group:"API"`

	OTLPEndpoint  string `name:"otlp-endpoint" env:"CHARGEYARD_OTLP_ENDPOINT,OTEL_EXPORTER_OTLP_ENDPOINT" placeholder:"URL" help:"Send traces to this OpenTelemetry collector, OTLP over HTTP, such as http://127.0.0.1:4318. Also OTEL_EXPORTER_OTLP_ENDPOINT; OTEL_EXPORTER_OTLP_HEADERS, OTEL_TRACES_SAMPLER and OTEL_RESOURCE_ATTRIBUTES work as everywhere. Default: none." group:"API"`
	MetricsPublic bool   `name:"metrics-public" help:"Let everybody who reaches --http read /metrics. Without it Prometheus needs an API token, too (authorization: credentials_file)." group:"API"`

	Data       string `placeholder:"DIR" help:"Where everything is kept. Created when missing. Default ./chargeyard-data, with --demo a temporary directory."`
	KeepEvents int    `default:"1000000" placeholder:"N" help:"How many of the latest events are kept for clients of /api/v1/events that were away; about 160 MB for a million. Default 1000000."`
	LogFormat  string `enum:"text,json" default:"text" placeholder:"text|json" help:"Form of the log, which goes to standard error. Default text."`
	LogLevel   string `enum:"debug,info,warn,error" default:"info" placeholder:"LEVEL" help:"debug, info, warn or error. Default info."`
}

// Help explains more than the one line.
func (serveCmd) Help() string {
	return `Nothing needs to be set up: the first start creates the data directory and prints an API token, once.

Stations connect to ws://HOST:8887/ocpp/IDENTITY with OCPP 1.6, 2.0.1 or 2.1. The API answers at http://127.0.0.1:8080/api/v1,
its description is /openapi.json.

    chargeyard serve --demo 25
    chargeyard serve --ocpp off --ocpp-tls :8443 --tls-cert ec.pem --tls-key ec.key --tls-cert rsa.pem --tls-key rsa.key
    curl -H "Authorization: Bearer $TOKEN" http://127.0.0.1:8080/api/v1/stations

SIGTERM stops the server in order: /readyz says no, stations that come are told to try again later, those that are
there get a close frame (1012) at a pace that whoever takes them over can bear, what was acknowledged is on disk. It
takes --drain-window at most. Ctrl-C does the same in 3 s at most. A second one stops the server at once.`
}

// Validate refuses what cannot work before anything is opened; kong calls it.
func (c *serveCmd) Validate() error {
	if len(c.TLSCert) != len(c.TLSKey) {
		return errors.New("--tls-cert and --tls-key come in pairs: give as many of one as of the other")
	}
	if c.OCPPTLS != "" && len(c.TLSCert) == 0 {
		return errors.New("--ocpp-tls needs a certificate: add --tls-cert FILE --tls-key FILE")
	}
	if c.OCPPTLS == "" && (len(c.TLSCert) > 0 || c.ClientCA != "") {
		return errors.New("certificates are of use with --ocpp-tls ADDR only: add it, or leave them out")
	}
	if c.Heartbeat < 0 {
		return errors.New("--heartbeat takes a duration above zero, such as 5m")
	}
	if c.BootRetry < 0 {
		return errors.New("--boot-retry takes a duration above zero, such as 1m")
	}
	if c.Drain < 0 {
		return errors.New("--drain-window takes a duration above zero, such as 30s")
	}
	if c.KeepEvents < 0 {
		return errors.New("--keep-events takes a number above zero")
	}
	if c.Demo < 0 {
		return errors.New("--demo takes a number of stations above zero")
	}
	return nil
}

// Run serves until ctx ends.
func (c *serveCmd) Run(ctx context.Context, s streams) error {
	version, _ := buildVersion()
	log, closeLog := c.openLog(s.err)
	defer closeLog()
	cfg := server.Config{
		Demo: c.Demo, OCPP: c.OCPP, OCPPTLS: c.OCPPTLS, ClientCA: c.ClientCA, Operator: c.Operator, RSAKeyExchange: c.TLSRSA, Stations: server.Mode(c.Stations),
		Heartbeat: c.Heartbeat, Boot: server.Boot(c.Boot), BootRetry: c.BootRetry, DataVendors: c.DataVendor, DrainWindow: c.Drain, UnknownTokens: server.UnknownTokens(c.Unknown), Needs: server.Needs(c.Needs), HTTP: c.HTTP, APIToken: c.APIToken, Data: c.Data, Version: version,
		Log: log, Banner: s.out, Authorization: c.Authorization.config(), Admission: c.Admission.bounds(), Commits: c.Commits.commits(),
		KeepEvents: c.KeepEvents, MetricsPublic: c.MetricsPublic, OTLPEndpoint: c.OTLPEndpoint,
	}
	for i := range c.TLSCert {
		cfg.Certificates = append(cfg.Certificates, server.CertificateFiles{Cert: c.TLSCert[i], Key: c.TLSKey[i]})
	}
	srv, err := server.Open(ctx, cfg)
	if err != nil {
		return err
	}
	return srv.Run(ctx)
}

// openLog makes a log that never waits for w. finish writes what is left of it.
func (c *serveCmd) openLog(w io.Writer) (log *slog.Logger, finish func()) {
	async := newAsyncLog(w, func(w io.Writer, lines int) {
		c.logger(w).Warn("the log was not read in time", "missing", lines)
	})
	return c.logger(async), async.close
}

func (c *serveCmd) logger(w io.Writer) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		level = slog.LevelInfo // cannot happen: kong checked the enumeration
	}
	o := &slog.HandlerOptions{Level: level}
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}
