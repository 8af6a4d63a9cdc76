package csms

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/chargeyard/chargeyard/internal/wsconn"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocppj"
)

// Options configure a Server. Every field but Protocols may be zero.
//
// Hooks run without any lock held, on goroutines of the connection that they are about: one that blocks delays
// that station only. They may call everything in this package, but Shutdown, which waits for them.
type Options struct {
	// Protocols are the versions that are served. Required.
	Protocols []*ocpp.Protocol

	// PreferServerOrder picks the version by the order of Protocols. Default: by the order in which the station
	// offers them.
	PreferServerOrder bool

	// DefaultVersion is spoken with stations that offer no subprotocol at all, which the field has many of (rule
	// R5). Default: none, they are closed with 1002. Admission.DefaultVersion overrides it.
	DefaultVersion ocpp.Version

	// Authenticate decides on a station before its upgrade. The identity was checked against the version's rules;
	// a Basic user was found equal to it and a client certificate bound to it (see Certificate). The error is
	// ErrUnknownStation, ErrBadCredential, ErrTooManyAttempts or ErrBusy, or wraps one; another is answered with 500. A nil
	// Admission admits with the server's defaults. ctx is the request's. Default: everybody is admitted.
	Authenticate func(ctx context.Context, identity string, c Credential, r *http.Request) (*Admission, error)

	// MinProfile is the lowest security profile that is accepted. Default: all are.
	// Admission.MinProfile can raise it.
	MinProfile Profile

	// Certificate binds client certificates to stations. Default: the common name is the identity.
	Certificate CertificateRule

	// OnConnect is called when a station has connected, before its first message is handled; calls to it may be
	// made already. For one identity, connections are told one after the other: OnDisconnect of the old one has
	// returned before OnConnect of the new one is called. A connection that is replaced before its turn came is
	// not told at all.
	OnConnect func(st *Station)

	// OnDisconnect is called once for each connection that OnConnect was called for, after its end. Handlers of the
	// connection may still be running; their contexts have ended. cause satisfies errors.Is(cause, net.ErrClosed).
	OnDisconnect func(st *Station, cause error)

	// OnRefuse is called when a connection was refused.
	OnRefuse func(r Refusal)

	// Interceptors wrap the exchanges of all stations, the first outermost.
	Interceptors []ocpp.Interceptor

	// Tap sees every frame of every station.
	Tap ocpp.Tap

	// OnProtocolEvent hears of what a session tolerates, drops or refuses. It must not block.
	OnProtocolEvent func(st *Station, e ProtocolEvent)

	// Policy is the validation of what stations send. Default: ocpp.Tolerant. Admission.Policy overrides it.
	Policy ocpp.Policy

	// SendPolicy is the validation of what this end sends. Default: ocpp.Strict.
	SendPolicy ocpp.Policy

	// Location is the time zone of times that stations send without one (rule R65). Default: UTC.
	// Admission.Location overrides it.
	Location *time.Location

	// Signing says how signed messages are treated, 2.x only (rule R22). Default: unwrapped, not verified.
	Signing ocppj.Signing

	// CallTimeout is how long a station may take to answer, counted from sending. Default: 30 s.
	CallTimeout time.Duration

	// MaxInbound is how many messages of one station may wait or be handled before reading from it pauses.
	// Default: 16.
	MaxInbound int

	// MaxInboundBytes is how many bytes of such messages may wait; one of any size may. Default: 1 MiB.
	MaxInboundBytes int

	// PingInterval is the time between two pings of this end. Default: 60 s; negative: none.
	// Admission.PingInterval overrides it, Station.SetPingInterval changes it (rule R33).
	PingInterval time.Duration

	// IdleTimeout ends a connection on which no frame of any kind arrived for so long. It is raised to more than a
	// ping and its answer take (rule R34). Default: 3 ping intervals; negative: never, as when pings are off. Nothing
	// bounds then how long a peer may leave a message incomplete, of which this end keeps what has arrived.
	// Admission.IdleTimeout overrides it.
	IdleTimeout time.Duration

	// MaxMessage is the longest message taken, in bytes, after decompression; a longer one ends the connection with
	// 1009 (rule R24). Default: 1 MiB.
	MaxMessage int

	// MaxOutbox is how many bytes may wait for a station that does not read before it loses its connection.
	// Default: 1 MiB.
	MaxOutbox int

	// WriteTimeout ends the connection of a station that takes no bytes for so long. Default: 20 s.
	WriteTimeout time.Duration

	// DisableCompression declines RFC 7692. Default: it is agreed to when a station offers it, as a CSMS of 2.x
	// shall (rule R6).
	DisableCompression bool

	// BootStates keeps the boot status of the identities. Default: this server remembers it, see Remember.
	BootStates BootStates

	// Remember is how many identities without a connection are remembered: what they were answered last, so that a
	// retry over the next connection gets the same answer (rule R12), and their boot status. The longest gone is
	// forgotten first, and then treated as never seen. Default: 16384.
	Remember int

	// FirstEpoch is the epoch before the first one that is given out, see Station.Epoch. Default: the time at which
	// the server was made, in microseconds, so that epochs grow over restarts.
	FirstEpoch uint64

	// RetryAfter is what a 503 asks for. Default: 5 s.
	RetryAfter time.Duration

	// ShutdownCode is the close code of Shutdown: 1001 (going away) or 1012 (service restart). Default: 1001.
	ShutdownCode uint16

	// Logger gets what goes wrong, never the text of a message. Default: slog.Default().
	Logger *slog.Logger
}

// Admission is what Authenticate knows of a station. Zero fields leave the server's options as they are.
type Admission struct {
	// Data is kept with the connection, see Station.Data.
	Data any

	// Policy is the validation of what this station sends.
	Policy ocpp.Policy

	// Location is the time zone of this station's times without one.
	Location *time.Location

	// PingInterval and IdleTimeout are as in Options.
	PingInterval time.Duration
	IdleTimeout  time.Duration

	// MinProfile is the lowest security profile that this station may use, if that is above the server's.
	MinProfile Profile

	// DefaultVersion is spoken with this station when it offers no subprotocol.
	DefaultVersion ocpp.Version
}

// The defaults of Options.
const (
	defaultPingInterval = time.Minute
	defaultRetryAfter   = 5 * time.Second
	defaultRemember     = 16384
	idlePings           = 3
)

func (o *Options) setDefaults() error {
	if len(o.Protocols) == 0 {
		return errors.New("csms: Options.Protocols names no version")
	}
	if o.PingInterval == 0 {
		o.PingInterval = defaultPingInterval
	}
	if o.Remember <= 0 {
		o.Remember = defaultRemember
	}
	if o.FirstEpoch == 0 {
		o.FirstEpoch = uint64(time.Now().UnixMicro())
	}
	if o.RetryAfter <= 0 {
		o.RetryAfter = defaultRetryAfter
	}
	if o.ShutdownCode == 0 {
		o.ShutdownCode = wsconn.CodeGoingAway
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	o.Policy = o.Policy.Or(ocpp.Tolerant)
	return nil
}

// connOptions are those of one connection.
func (o *Options) connOptions(a *Admission) wsconn.Options {
	ping, idle := liveness(first(a.PingInterval, o.PingInterval), first(a.IdleTimeout, o.IdleTimeout))
	return wsconn.Options{
		PingInterval: ping,
		IdleTimeout:  idle,
		WriteTimeout: o.WriteTimeout,
		MaxMessage:   o.MaxMessage,
		MaxOutbox:    o.MaxOutbox,
		Compression:  !o.DisableCompression,
	}
}

// liveness turns the options into what wsconn wants, where zero is off. Without pings nothing makes a silent
// station send, so that the idle timeout is off unless it is asked for.
func liveness(ping, idle time.Duration) (time.Duration, time.Duration) {
	ping = max(ping, 0)
	if idle == 0 {
		idle = idlePings * ping
	}
	return ping, max(idle, 0)
}

// first returns a unless it is zero.
func first[T comparable](a, b T) T {
	var zero T
	if a == zero {
		return b
	}
	return a
}
