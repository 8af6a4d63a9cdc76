package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/simulator/storm"
)

type stormCmd struct {
	Stations int    `default:"1000" env:"CHARGEYARD_STORM_STATIONS" help:"Light stations. Each costs a socket; 18,000 fit into one process, 9,500 for halfopen."`
	Variant  string `enum:"reset,halfopen,close,tls-restart,slow-readers,flap,idle" default:"reset" help:"How they lose their connections: ${enum}."`
	Protocol string `enum:"1.6,2.0.1,2.1" default:"1.6" placeholder:"VERSION" help:"Version of OCPP that they speak: 1.6, 2.0.1 or 2.1."`
	Prefix   string `default:"STORM-" env:"CHARGEYARD_STORM_PREFIX" help:"Identities are PREFIX00001, ... Processes that run beside each other need different ones."`
	Library  int    `zero:"" name:"library-stations" default:"50" placeholder:"N" help:"Real clients beside the light ones, with transactions in their queues. 0 for none."`
	JSON     bool   `name:"json" help:"Print the result as JSON."`
	Report   string `placeholder:"FILE" type:"path" help:"Write an HTML page with charts."`

	URL       string  `placeholder:"URL" help:"Endpoint of the CSMS without the identity: ws://localhost:8887/ocpp. Without it a server is started for the storm." group:"Target"`
	Bare      bool    `help:"Start a CSMS on the library alone, without a store, instead of serve." group:"Target"`
	Profile   int     `zero:"" default:"-1" placeholder:"0-3" help:"Security profile: 0 none, 1 password, 2 password over TLS, 3 client certificates. Default 0, or 2 for tls-restart; with --url what the other options say." group:"Target"`
	Password  string  `help:"HTTP Basic password, the same for all stations. Better given as CHARGEYARD_PASSWORD." group:"Target"`
	CA        string  `name:"ca" type:"existingfile" placeholder:"FILE" help:"Authority (PEM) that signed the certificate of a wss:// endpoint, beside the system's." group:"Target"`
	ClientCA  string  `name:"sign-with" type:"existingfile" placeholder:"FILE" help:"Authority (PEM, with --sign-key) with which to sign a client certificate for each station." group:"Target"`
	ClientKey string  `name:"sign-key" type:"existingfile" placeholder:"FILE" help:"Its ECDSA key." group:"Target"`
	API       string  `name:"api" placeholder:"URL" help:"API of chargeyard serve, http://127.0.0.1:8080/api/v1, through which the stations are called during the storm." group:"Target"`
	APIToken  string  `name:"api-token" placeholder:"TOKEN" help:"Its token. Better given as CHARGEYARD_API_TOKEN." group:"Target"`
	ServerPID int     `name:"server-pid" placeholder:"PID" help:"Process of the CSMS on this machine: memory, CPU and descriptors are read from /proc." group:"Target"`
	Pprof     string  `placeholder:"URL" help:"http://.../debug/pprof of a CSMS in Go: its goroutines are counted before, between and after." group:"Target"`
	Source    string  `placeholder:"ADDRS" help:"Local addresses, used in turn: 127.0.0.1-8 or 10.0.0.5,10.0.0.6. A pair of addresses has 28,000 ports." group:"Target"`
	Stay      float64 `zero:"" default:"0.1" placeholder:"PART" help:"Part of the stations that keeps its connections and is measured. Default 0.1." group:"Storm"`

	Dials     int           `placeholder:"N" help:"How many connect at once after the strike. Without it: all." group:"Storm"`
	BackOff   string        `name:"backoff" placeholder:"MIN,RANDOM,TIMES" help:"Come back as OCPP-J has it, such as 5s,10s,4 (the defaults of OCPP). Without it: at once." group:"Storm"`
	BootOnce  bool          `help:"Do not boot again after the storm, as after a loss of the network alone." group:"Storm"`
	Tickets   bool          `help:"Resume TLS sessions after the storm. Without it: full handshakes." group:"Storm"`
	Before    time.Duration `default:"5s" placeholder:"TIME" help:"Measuring before the strike. Default 5s." group:"Storm"`
	After     time.Duration `default:"5s" placeholder:"TIME" help:"Measuring after all are back. Default 5s." group:"Storm"`
	StrikeAt  string        `placeholder:"15:04:05" help:"Local time of the strike, for several processes at once." group:"Storm"`
	Timeout   time.Duration `default:"60s" placeholder:"TIME" help:"How long all may take to be back. Default 60s, at least 2m for slow-readers." group:"Storm"`
	Flaps     int           `default:"5" placeholder:"N" help:"Strikes of flap. Default 5." group:"Storm"`
	FlapEvery time.Duration `default:"1s" placeholder:"TIME" help:"Time between them. Default 1s." group:"Storm"`
	Slow      float64       `default:"0.01" placeholder:"PART" help:"Part of the stations that stops reading in slow-readers. Default 0.01." group:"Storm"`
	SlowCalls int           `default:"100" placeholder:"N" help:"Large calls to each of them. Default 100." group:"Storm"`
	SlowBytes int           `default:"262144" placeholder:"N" help:"Size of each. Default 256 KiB." group:"Storm"`
	Control   time.Duration `zero:"" default:"5s" placeholder:"TIME" help:"slow-readers: how long the same stations first go on reading after as many large calls, to compare with. Default 5s, 0 for no control." group:"Storm"`

	Call        string        `default:"GetLocalListVersion" placeholder:"ACTION" help:"What all stations are asked again and again. \"off\" for nothing." group:"Load"`
	CallPayload string        `placeholder:"JSON" help:"Its payload." group:"Load"`
	CallPause   time.Duration `default:"1s" placeholder:"TIME" help:"Time in which each of them is asked once, one after the other. Default 1s." group:"Load"`
	CallBurst   bool          `help:"Ask all in one moment, and again that time after the last answer." group:"Load"`
}

// Help is what --help prints below the flags.
func (stormCmd) Help() string {
	return `Thousands of light stations connect, boot and answer. Nine of ten then lose their connections in the same moment and come
back at once, while the CSMS calls all of them; the tenth stays and is measured. Beside them go some real clients with
transactions in their queues.

  reset         the sockets are reset
  close         the stations send close frames
  halfopen      the old sockets stay open and silent, as when a network fails: the CSMS has to let the new ones in
  tls-restart   reset, and every TLS session is forgotten
  slow-readers  a few stop reading, send CALLs and are sent large ones: the others must not notice
  flap          reset, again and again
  idle          nothing is lost: what do stations cost that do nothing?

The exit status is 0 when all came back and answered, none was refused or closed as a duplicate, and no queued message was
lost, and 1 otherwise.

  chargeyard storm                                          # against a server of its own
  chargeyard storm --variant halfopen --stations 9000 --report storm.html
  chargeyard storm --url ws://csms.test:8887/ocpp --server-pid 4711 --pprof http://csms.test:6060/debug/pprof

More stations than one process may open sockets for: several processes, one strike.

  chargeyard storm --url ws://10.0.0.1:8887/ocpp --stations 18000 --prefix A- --source 10.0.1.1-8 --strike-at 12:00:00 &
  chargeyard storm --url ws://10.0.0.1:8887/ocpp --stations 18000 --prefix B- --source 10.0.2.1-8 --strike-at 12:00:00`
}

// Validate refuses what cannot work before anything is started; kong calls it.
func (c *stormCmd) Validate() error {
	switch {
	case c.Stations < 1:
		return errors.New("--stations: at least one station is needed")
	case c.Profile < -1 || c.Profile > 3:
		return errors.New("--profile takes 0, 1, 2 or 3")
	case c.URL != "" && c.Bare:
		return errors.New("--bare is the server that is started when there is no --url: leave one of them out")
	case c.URL == "" && (c.API != "" || c.ServerPID != 0 || c.Pprof != "" || c.CA != "" || c.ClientCA != ""):
		return errors.New("--api, --server-pid, --pprof, --ca and --sign-with belong to a CSMS that is named with --url")
	case c.Variant == "tls-restart" && (c.URL != "" && !strings.HasPrefix(c.URL, "wss://") || c.Profile == 0 || c.Profile == 1):
		return errors.New("tls-restart needs TLS: a wss:// URL, or --profile 2 or 3")
	case (c.ClientCA == "") != (c.ClientKey == ""):
		return errors.New("--sign-with and --sign-key come as a pair")
	case c.Before < 0 || c.After < 0 || c.Timeout <= 0:
		return errors.New("--before, --after and --timeout take times that are not negative")
	}
	return nil
}

// Run runs the storm and says how it went.
func (c *stormCmd) Run(ctx context.Context, s streams) error {
	o, err := c.options()
	if err != nil {
		return err
	}
	page, err := c.openReport()
	if err != nil {
		return err
	}
	defer page.Close() //nolint:errcheck // writeReport has closed it when there was something to write
	target, err := c.target(ctx, &o)
	if err != nil {
		return interruptedOr(ctx, err)
	}
	show := showStorm(s.err, o)
	o.OnProgress = show.progress
	res, err := storm.Run(ctx, o)
	show.end()
	if res != nil {
		err = errors.Join(err, target.logInto(res))
	}
	if err = errors.Join(err, target.close()); err != nil {
		return interruptedOr(ctx, err)
	}
	if err := c.write(res, s.out, page); err != nil {
		return err
	}
	if !res.OK() {
		return fmt.Errorf("the storm was not survived: %s", res.Problems[0])
	}
	return nil
}

// interruptedOr says what a person or a supervisor did instead of what broke by it.
func interruptedOr(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return errors.New("interrupted: the storm was not measured to its end")
	}
	return err
}

// write prints the result, and then writes the page: what was measured is not lost with a full disk.
func (c *stormCmd) write(res *storm.Result, out io.Writer, page *os.File) error {
	err := c.print(res, out)
	if page != nil {
		err = errors.Join(err, writeReport(res, page))
	}
	return err
}

func (c *stormCmd) print(res *storm.Result, out io.Writer) error {
	if c.JSON {
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		return e.Encode(res)
	}
	_, err := res.WriteTo(out)
	return err
}

// openReport creates the page before anything is measured. It is nil when none is wanted.
func (c *stormCmd) openReport() (*os.File, error) {
	if c.Report == "" {
		return nil, nil
	}
	f, err := os.Create(c.Report)
	if err != nil {
		return nil, fmt.Errorf("--report: %w", err)
	}
	return f, nil
}

func writeReport(res *storm.Result, f *os.File) error {
	if err := errors.Join(res.WriteReport(f), f.Close()); err != nil {
		return fmt.Errorf("--report: %w", err)
	}
	return nil
}

// options are those that do not depend on the target.
func (c *stormCmd) options() (storm.Options, error) {
	version, _ := ocpp.ParseVersion(c.Protocol) // kong checked the enumeration
	o := storm.Options{
		Stations: c.Stations, Variant: storm.Variant(c.Variant), Version: version, Prefix: c.Prefix, Stay: negativeZero(c.Stay),
		Tickets: c.Tickets, Dials: c.Dials, BootOnce: c.BootOnce, Before: c.Before, After: c.After, Timeout: c.Timeout,
		Flaps: c.Flaps, FlapEvery: c.FlapEvery, Slow: c.Slow, SlowCalls: c.SlowCalls, SlowBytes: c.SlowBytes,
		Library: negativeZero(c.Library), Load: storm.Command{Action: c.Call}, LoadPause: c.CallPause,
		LoadBurst: c.CallBurst, Control: negativeZero(c.Control),
	}
	if c.CallPayload != "" {
		if !json.Valid([]byte(c.CallPayload)) {
			return o, errors.New("--call-payload is not JSON")
		}
		o.Load.Payload = json.RawMessage(c.CallPayload)
	}
	var err error
	if o.BackOff, err = parseBackOff(c.BackOff); err != nil {
		return o, err
	}
	if o.Sources, err = parseSources(c.Source); err != nil {
		return o, err
	}
	o.StrikeAt, err = parseClock(c.StrikeAt, time.Now())
	return o, err
}

// negativeZero makes of a zero that was asked for what storm.Options knows as none.
func negativeZero[T int | float64 | time.Duration](v T) T {
	if v == 0 {
		return -1
	}
	return v
}

func parseBackOff(s string) (*storm.BackOff, error) {
	if s == "" {
		return nil, nil
	}
	wrong := fmt.Errorf("--backoff=%s: it looks like 5s,10s,4: the shortest wait, the random part, and how often it doubles", s)
	parts := strings.Split(s, ",")
	if len(parts) != 3 {
		return nil, wrong
	}
	var b storm.BackOff
	var errs [3]error
	b.Minimum, errs[0] = time.ParseDuration(parts[0])
	b.Range, errs[1] = time.ParseDuration(parts[1])
	b.Repeat, errs[2] = strconv.Atoi(parts[2])
	if errors.Join(errs[:]...) != nil || b.Minimum < 0 || b.Range < 0 || b.Repeat < 0 {
		return nil, wrong
	}
	return &b, nil
}

// parseSources reads 127.0.0.1-8,10.0.0.5.
func parseSources(s string) ([]net.IP, error) {
	if s == "" {
		return nil, nil
	}
	var list []net.IP
	for part := range strings.SplitSeq(s, ",") {
		first, last, ranged := strings.Cut(part, "-")
		ip := net.ParseIP(first)
		if ip == nil {
			return nil, fmt.Errorf("--source=%s: %q is no address; 127.0.0.1-8 are eight of them", s, part)
		}
		list = append(list, ip)
		if !ranged {
			continue
		}
		end, err := strconv.Atoi(last)
		ip4 := ip.To4()
		if err != nil || ip4 == nil || end > 254 || end < int(ip4[3]) {
			return nil, fmt.Errorf("--source=%s: %q is no range of addresses; 127.0.0.1-8 are eight of them", s, part)
		}
		for b := int(ip4[3]) + 1; b <= end; b++ {
			list = append(list, net.IPv4(ip4[0], ip4[1], ip4[2], byte(b)))
		}
	}
	return list, nil
}

// parseClock is the next time that the clock shows s.
func parseClock(s string, now time.Time) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	t, err := time.ParseInLocation(time.TimeOnly, s, now.Location())
	if err != nil {
		return t, fmt.Errorf("--strike-at=%s: it looks like 15:04:05", s)
	}
	t = time.Date(now.Year(), now.Month(), now.Day(), t.Hour(), t.Minute(), t.Second(), 0, now.Location())
	if t.Before(now) {
		t = t.AddDate(0, 0, 1)
	}
	return t, nil
}
