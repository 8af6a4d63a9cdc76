package station

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"time"

	"github.com/chargeyard/chargeyard/internal/wsconn"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocppj"
)

// Options configure a Client. Identity, Protocols and one of URL and Profiles are required; every other field may
// be zero.
//
// Hooks run without any lock held. They may call everything in this package, but Close and Shutdown, which wait for
// them.
type Options struct {
	// Identity of the charging station: 2.x allows up to 48 characters without ':'. Required.
	Identity string

	// Protocols are the versions to offer, in order of preference (rule R3). Required.
	Protocols []*ocpp.Protocol

	// URL is the endpoint of the CSMS, ws or wss, without the identity. It is short for Profiles with one entry.
	URL string

	// Profiles are the ways to reach a CSMS, in order of priority (2.x B10).
	Profiles []NetworkProfile

	// MinProfile is the lowest security profile to connect with. It rises with every connection that has a higher
	// one, and never falls (rule R64): an application that starts again gives the highest it has had, see
	// Client.MinProfile. Default: all are allowed.
	MinProfile Profile

	// Boot makes the BootNotification request of a version. It is called for every connection: when the content
	// is the one that was accepted last, nothing is booted again (rule R31). Default: nil, the client neither boots nor
	// gates, as a proxy or a tester may want it, and sends heartbeats only with HeartbeatInterval.
	Boot func(v ocpp.Version) any

	// Engine is shared by the clients of a simulator. Default: one of the client's own.
	Engine *Engine

	// Queue keeps the messages of Enqueue. It is not closed by the client. Default: a MemoryQueue, which ends with
	// the process.
	Queue Queue

	// TransactionAttempts is how often the CSMS may fail to take a queued message before it is given up (1.6
	// TransactionMessageAttempts, 2.x MessageAttempts; rule R51). Default: 3; negative: it is never given up.
	TransactionAttempts int

	// TransactionRetryInterval, times the number of preceding attempts, is the wait before the next one (1.6
	// TransactionMessageRetryInterval, 2.x MessageAttemptInterval). Default: 60 s; negative: none.
	TransactionRetryInterval time.Duration

	// BackOff is the wait between attempts to connect (rule R30), and between boots when the CSMS names no wait or does
	// not answer.
	BackOff BackOff

	// HeartbeatInterval is used until a boot response brings one (rule R32). Default: none is sent until then.
	HeartbeatInterval time.Duration

	// PingsReplaceHeartbeats leaves out heartbeats while WebSocket pings are on, but for one a day (rule R32).
	PingsReplaceHeartbeats bool

	// PingInterval is the time between two pings of this end, WebSocketPingInterval (rule R33). Default: 60 s;
	// negative: none. SetPingInterval changes it.
	PingInterval time.Duration

	// IdleTimeout ends a connection on which no frame of any kind arrived for so long. It is raised to more than a
	// ping and its answer take (rule R34). Default: 3 ping intervals; negative: never, as when pings are off.
	IdleTimeout time.Duration

	// DialTimeout bounds one attempt to connect, the TLS and WebSocket handshakes included. Default: 30 s.
	DialTimeout time.Duration

	// DialContext opens the network connection, as in net.Dialer. Default: a net.Dialer.
	DialContext func(ctx context.Context, network, address string) (net.Conn, error)

	// Compression offers RFC 7692. Default: it is not offered.
	Compression bool

	// OnConnect is called when a connection is established, before anything is sent or handled on it; calls
	// cannot be made yet.
	OnConnect func(n *Connection)

	// OnDisconnect is called once for each OnConnect, when all handlers of the connection have returned. cause
	// satisfies errors.Is(cause, net.ErrClosed).
	OnDisconnect func(n *Connection, cause error)

	// OnConnectFailed is called for each attempt that failed.
	OnConnectFailed func(f ConnectFailure)

	// OnBoot is called for each answer to a BootNotification of the client, and when there was none.
	OnBoot func(r ocpp.BootResult, err error)

	// OnDelivery is called for each queued message when it is done with: delivered, or given up. It is also called
	// for messages that were queued before the process was started again.
	OnDelivery func(d Delivery)

	// OnSecurityEvent is called for what a SecurityEventNotification should tell the CSMS.
	OnSecurityEvent func(e SecurityEvent)

	// OnProtocolEvent hears of what a session tolerates, drops or refuses. It must not block.
	OnProtocolEvent func(e ProtocolEvent)

	// OnQueueError is called when the queue fails: a full disk, a damaged file. Delivery is tried again after a
	// minute.
	OnQueueError func(err error)

	// Interceptors wrap the exchanges of both directions, the first outermost.
	Interceptors []ocpp.Interceptor

	// Tap sees every frame.
	Tap ocpp.Tap

	// Policy is the validation of what the CSMS sends. Default: ocpp.Strict.
	Policy ocpp.Policy

	// SendPolicy is the validation of what this end sends. Default: ocpp.Strict.
	SendPolicy ocpp.Policy

	// Location is the time zone of times that the CSMS sends without one (rule R65). Default: UTC.
	Location *time.Location

	// Signing says how signed messages are treated, 2.x only (rule R22). Default: unwrapped, not verified.
	Signing ocppj.Signing

	// CallTimeout is how long the CSMS may take to answer, counted from sending. Default: 30 s.
	CallTimeout time.Duration

	// MaxInbound is how many messages of the CSMS may wait or be handled before reading pauses. Default: 16.
	MaxInbound int

	// MaxInboundBytes is how many bytes of such messages may wait; one of any size may. Default: 1 MiB.
	MaxInboundBytes int

	// MaxMessage is the longest message taken, in bytes; a longer one ends the connection with 1009 (rule R24).
	// Default: 1 MiB.
	MaxMessage int

	// MaxOutbox is how many bytes may wait for a CSMS that does not read before the connection is given up.
	// Default: 1 MiB.
	MaxOutbox int

	// WriteTimeout ends the connection when the CSMS takes no bytes for so long. Default: 20 s.
	WriteTimeout time.Duration

	// NewMessageID makes the ids of messages. Default: ocppj.NewMessageID.
	NewMessageID func() string

	// Logger gets what goes wrong, never a password or the text that the CSMS sent. Default: slog.Default().
	Logger *slog.Logger
}

const (
	defaultPingInterval  = time.Minute
	defaultDialTimeout   = 30 * time.Second
	defaultAttempts      = 3
	defaultRetryInterval = time.Minute
	idlePings            = 3
	queueErrorWait       = time.Minute
)

func (o *Options) setDefaults() error {
	if o.Identity == "" {
		return errors.New("station: Options.Identity is missing")
	}
	if len(o.Protocols) == 0 {
		return errors.New("station: Options.Protocols names no version")
	}
	if o.URL != "" {
		o.Profiles = append([]NetworkProfile{{URL: o.URL}}, o.Profiles...)
	}
	if err := checkProfiles(o.Profiles, o.Identity); err != nil {
		return err
	}
	o.setTimeDefaults()
	o.setPartDefaults()
	return nil
}

func (o *Options) setTimeDefaults() {
	o.BackOff = o.BackOff.withDefaults()
	if o.PingInterval == 0 {
		o.PingInterval = defaultPingInterval
	}
	if o.DialTimeout <= 0 {
		o.DialTimeout = defaultDialTimeout
	}
	if o.TransactionAttempts == 0 {
		o.TransactionAttempts = defaultAttempts
	}
	o.TransactionRetryInterval = durationOr(o.TransactionRetryInterval, defaultRetryInterval)
}

func (o *Options) setPartDefaults() {
	if o.Queue == nil {
		o.Queue = NewMemoryQueue()
	}
	if o.DialContext == nil {
		o.DialContext = new(net.Dialer).DialContext
	}
	if o.NewMessageID == nil {
		o.NewMessageID = ocppj.NewMessageID
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	o.Policy = o.Policy.Or(ocpp.Strict)
	o.SendPolicy = o.SendPolicy.Or(ocpp.Strict)
}

// connOptions are those of a connection with the given ping interval.
func (o *Options) connOptions(ping time.Duration) wsconn.Options {
	ping, idle := liveness(ping, o.IdleTimeout)
	return wsconn.Options{
		PingInterval: ping,
		IdleTimeout:  idle,
		WriteTimeout: o.WriteTimeout,
		MaxMessage:   o.MaxMessage,
		MaxOutbox:    o.MaxOutbox,
		Compression:  o.Compression,
	}
}

// liveness turns the options into what wsconn wants, where zero is off. Without pings nothing makes a silent CSMS
// send, so that the idle timeout is off unless it is asked for.
func liveness(ping, idle time.Duration) (time.Duration, time.Duration) {
	ping = max(ping, 0)
	if idle == 0 {
		idle = idlePings * ping
	}
	return ping, max(idle, 0)
}
