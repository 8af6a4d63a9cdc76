package storm

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
)

// Variant is the way in which the stations lose their connections.
type Variant string

// The variants.
const (
	Reset       Variant = "reset"        // the sockets are reset (RST), as when a network element is restarted
	Close       Variant = "close"        // the stations send close frames
	HalfOpen    Variant = "halfopen"     // the old sockets stay open and silent; costs two descriptors a station
	TLSRestart  Variant = "tls-restart"  // reset, and the TLS sessions are forgotten unless Options.Tickets is set
	SlowReaders Variant = "slow-readers" // a few stop reading while they pipeline CALLs and are sent large ones
	Flap        Variant = "flap"         // reset, several times in a row, whether they are back or not
	Idle        Variant = "idle"         // nothing is lost: the cost of stations that do nothing
)

// Variants lists all variants.
func Variants() []Variant {
	return []Variant{Reset, Close, HalfOpen, TLSRestart, SlowReaders, Flap, Idle}
}

// Options of a storm. URL is required; every other field may be zero.
type Options struct {
	URL      string       // endpoint of the CSMS without the identity, ws:// or wss://
	Stations int          // light stations; default 200
	Variant  Variant      // default Reset
	Version  ocpp.Version // of OCPP; default 1.6
	Prefix   string       // of the identities, which are Prefix + "00001" and so on; default "STORM-"

	// Stay is the part of the stations that keeps its connections and is measured, 0 to 0.9. Default 0.1; negative: none.
	Stay float64

	// StayInterval is the time between two heartbeats of such a station. Default: so that all of them together send
	// 2000/s, and at least 100 ms.
	StayInterval time.Duration

	// Password returns the HTTP Basic password of a station; nil sends no credentials.
	Password func(identity string) string

	TLS        *tls.Config                                           // for wss://; nil trusts the system's roots
	ClientCert func(identity string) (tls.Certificate, error)        // for security profile 3; nil has none
	Tickets    bool                                                  // resume TLS sessions in the storm; default: full handshakes
	Sources    []net.IP                                              // local addresses, used in turn; default: what the system chooses
	Dials      int                                                   // how many may connect at once in the storm; default: all
	RampDials  int                                                   // how many may connect at once before it; default 128
	BackOff    *BackOff                                              // waits before each attempt, as rule R30 has it; nil comes back without delay
	BootOnce   bool                                                  // do not boot again after the storm (rule R31); default: boot, as after a power cut
	Before     time.Duration                                         // measuring before the storm; default 5 s
	After      time.Duration                                         // and after it; default 5 s
	StrikeAt   time.Time                                             // when to strike, for several processes; default: when Before is over
	Timeout    time.Duration                                         // for connecting all, and for all to be back; default 60 s each, at least 2 min for SlowReaders
	Flaps      int                                                   // strikes of Flap; default 5
	FlapEvery  time.Duration                                         // time between them; default 1 s
	Slow       float64                                               // part of the stations that stops reading in SlowReaders; default 0.01
	SlowCalls  int                                                   // large calls to each of them; default 100
	SlowBytes  int                                                   // size of each; default 256 KiB
	Control    time.Duration                                         // how long the same stations first send and read, after as many large calls; default 5 s, negative or with StrikeAt: no control
	Library    int                                                   // real clients of package station; default 50, negative: none
	Call       func(ctx context.Context, c Command) (Calls, error)   // sends requests of the CSMS; nil: no such load
	Load       Command                                               // what is sent to all stations again and again; default GetLocalListVersion
	LoadPause  time.Duration                                         // in which each station gets it once, one after the other; default 1 s
	LoadBurst  bool                                                  // all get it in one moment, LoadPause after the last answer
	ServerPID  int                                                   // process of the CSMS, read in /proc; 0 is not known
	Probe      func(ctx context.Context, settle bool) (Inner, error) // what the CSMS knows of itself; nil: nothing
	OnProgress func(p Progress)                                      // called four times a second; must return soon
}

// BackOff is Options.BackOff of light stations, and always that of the library's (rule R30): Minimum plus a random part
// of Range, doubled Repeat times.
type BackOff struct {
	Minimum time.Duration
	Range   time.Duration
	Repeat  int
}

// Command is a request that the CSMS sends to stations.
type Command struct {
	Action   string          `json:"action"`
	Payload  json.RawMessage `json:"payload,omitempty"`  // nil is {}
	Stations []string        `json:"stations,omitempty"` // nil is all that are connected
	Times    int             `json:"times,omitempty"`    // how often each of them gets it, at once; 0 is once
	Timeout  time.Duration   `json:"timeout"`            // for each answer; default 10 s
}

// Calls counts how requests of the CSMS ended.
type Calls struct {
	Ordered  int `json:"ordered"`  // all of them
	Sent     int `json:"sent"`     // handed to the connection; the others ended before their turn
	Answered int `json:"answered"` // with a result
	Refused  int `json:"refused"`  // with a CALLERROR, or by the CSMS itself
	Timeout  int `json:"timeout"`
	Offline  int `json:"offline"` // the station was not connected
	Failed   int `json:"failed"`  // the connection ended before the answer, and everything else
}

func (c *Calls) add(o Calls) {
	c.Ordered += o.Ordered
	c.Sent += o.Sent
	c.Answered += o.Answered
	c.Refused += o.Refused
	c.Timeout += o.Timeout
	c.Offline += o.Offline
	c.Failed += o.Failed
}

// Inner is what a CSMS knows of its own process.
type Inner struct {
	Goroutines int            `json:"goroutines"`
	HeapBytes  int64          `json:"heap_bytes"` // in use
	Connected  int            `json:"connected"`
	Queued     int64          `json:"queued_bytes,omitempty"` // what waits for the sockets of all stations
	QueuedMost int64          `json:"queued_most,omitempty"`  // and for that of the station where it is most
	Ended      map[string]int `json:"ended,omitempty"`        // connections that ended, by cause
}

func (o Options) withDefaults() (Options, error) {
	if err := o.check(); err != nil {
		return o, err
	}
	orElse(&o.Stations, 200)
	orElse(&o.Variant, Reset)
	orElse(&o.Version, ocpp.V16)
	orElse(&o.Prefix, "STORM-")
	orElse(&o.Stay, 0.1)
	o.Stay = max(o.Stay, 0)
	orElse(&o.RampDials, 128)
	orElse(&o.Before, 5*time.Second)
	orElse(&o.After, 5*time.Second)
	orElse(&o.Timeout, time.Minute)
	if o.Variant == SlowReaders {
		o.Timeout = max(o.Timeout, 2*time.Minute)
	}
	orElse(&o.Flaps, 5)
	orElse(&o.FlapEvery, time.Second)
	orElse(&o.Slow, 0.01)
	orElse(&o.SlowCalls, 100)
	orElse(&o.SlowBytes, 256<<10)
	orElse(&o.Control, 5*time.Second)
	orElse(&o.Library, 50)
	o.Library = max(o.Library, 0)
	orElse(&o.LoadPause, time.Second)
	orElse(&o.Load.Action, "GetLocalListVersion")
	orElse(&o.Load.Timeout, 10*time.Second)
	if o.StayInterval == 0 {
		o.StayInterval = max(100*time.Millisecond, time.Duration(o.stay())*time.Second/2000)
	}
	return o, checkDescriptors(o.descriptors())
}

func orElse[T comparable](v *T, def T) {
	var zero T
	if *v == zero {
		*v = def
	}
}

func (o *Options) check() error {
	u, err := url.Parse(o.URL)
	switch {
	case err != nil:
		return fmt.Errorf("storm: the URL of the CSMS: %w", err)
	case u.Scheme != "ws" && u.Scheme != "wss" || u.Host == "":
		return fmt.Errorf("storm: the URL of the CSMS is %q; it has to look like ws://host:8887/ocpp or wss://host/ocpp", o.URL)
	case o.Variant != "" && !slices.Contains(Variants(), o.Variant):
		return fmt.Errorf("storm: there is no variant %q", o.Variant)
	case o.Variant == TLSRestart && u.Scheme != "wss":
		return errors.New("storm: tls-restart needs a wss:// URL")
	case o.Stations < 0:
		return errors.New("storm: the number of stations is negative")
	case o.Stay > 0.9 || o.Slow < 0 || o.Slow > 0.5:
		return errors.New("storm: at most 0.9 of the stations can stay, and at most 0.5 can stop reading")
	}
	if _, ok := dialectOf(o.Version); !ok && o.Version != 0 {
		return fmt.Errorf("storm: OCPP %s is not spoken", o.Version)
	}
	return nil
}

// Identities are those of all stations of a storm with these options, the light ones first: a CSMS that admits only
// stations it knows has to know them.
func (o Options) Identities() []string {
	orElse(&o.Stations, 200)
	orElse(&o.Prefix, "STORM-")
	orElse(&o.Library, 50)
	list := make([]string, 0, o.Stations+max(o.Library, 0))
	for i := range o.Stations {
		list = append(list, o.identity(i))
	}
	for i := range max(o.Library, 0) {
		list = append(list, o.libraryIdentity(i))
	}
	return list
}

func (o *Options) identity(i int) string        { return fmt.Sprintf("%s%05d", o.Prefix, i+1) }
func (o *Options) libraryIdentity(i int) string { return fmt.Sprintf("%sLIB-%04d", o.Prefix, i+1) }

// stay is how many stations keep their connections.
func (o *Options) stay() int { return min(int(float64(o.Stations)*o.Stay+0.5), o.Stations-1) }

// descriptors is how many sockets are open at once.
func (o *Options) descriptors() int {
	n := o.Stations + o.Library
	if o.Variant == HalfOpen {
		n = 2*n - o.stay()
	}
	return n + 64
}

// DescriptorError says that the process may not open as many sockets as the storm needs.
type DescriptorError struct{ Needed, Limit int }

func (e *DescriptorError) Error() string {
	return fmt.Sprintf("storm: %d descriptors are needed and %d allowed: raise the limit (ulimit -n), or run several processes with different prefixes", e.Needed, e.Limit)
}
