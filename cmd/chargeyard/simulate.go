package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/simulator"
)

type simulateCmd struct {
	URL      string        `placeholder:"URL" help:"Endpoint of the management system without the identity: ws://localhost:8887/ocpp or wss://host/ocpp. Required."`
	Scenario string        `placeholder:"NAME|FILE" help:"What the stations are, what their drivers do and what goes wrong: a scenario that comes with the program, or a YAML file."`
	List     bool          `name:"list-scenarios" help:"List the scenarios that come with the program."`
	Stations int           `placeholder:"N" env:"CHARGEYARD_SIMULATE_STATIONS" help:"How many stations; 10 unless given here or by the scenario."`
	Versions []string      `placeholder:"VERSION,..." help:"Versions of OCPP; each station speaks one of them, in turn. 1.6,2.0.1,2.1 unless given here or by the scenario."`
	EVSEs    int           `name:"evses" placeholder:"N" help:"EVSEs of each station; 2 unless given here or by the scenario."`
	Duration time.Duration `placeholder:"TIME" help:"How long, in simulated time, such as 90s or 10m; then sessions end and the summary is printed. Without it, and without a scenario that says, the stations run until Ctrl-C."`
	Speed    float64       `placeholder:"N" help:"How many times faster simulated time passes; 1 unless given here or by the scenario. Clocks start in the past, so that the end is the present."`
	Drain    time.Duration `placeholder:"TIME" help:"How long the stations may take at the end to deliver what they have. Without it, until nothing was delivered for 8s, or 1m with a bad network, and at most as much longer as the run took, or a minute."`
	Prefix   string        `default:"SIM-" help:"Identities are PREFIX0001, PREFIX0002, ..."`
	Sample   time.Duration `placeholder:"TIME" help:"Simulated time between two meter values of a session; 5s unless given here or by the scenario, less when --duration is short."`
	Seed     *uint64       `placeholder:"N" help:"What the drivers, vehicles, faults and ids of transactions are drawn from; the same seed gives the same sessions and energies. docs/scenarios.md says when. Default: another one in each run; it is printed."`

	Password   string `group:"Access" help:"Password for HTTP Basic, the same for all stations. Better given as CHARGEYARD_PASSWORD."`
	CA         string `name:"ca" type:"existingfile" placeholder:"FILE" group:"Access" help:"Certificate authority (PEM) that signed the certificate of a wss:// endpoint, beside the system's."`
	ClientCert string `type:"existingfile" placeholder:"FILE" group:"Access" help:"Client certificate (PEM) of all stations, for security profile 3."`
	ClientKey  string `type:"existingfile" placeholder:"FILE" group:"Access" help:"Private key (PEM) of --client-cert."`
	ClientsCA  string `name:"clients-ca" type:"existingfile" placeholder:"FILE" group:"Access" help:"Certificate authority (PEM) that makes each station a client certificate with its identity as common name."`
	ClientsKey string `name:"clients-ca-key" type:"existingfile" placeholder:"FILE" group:"Access" help:"Private key (PEM) of --clients-ca."`
	ClientsOrg string `name:"clients-org" default:"Chargeyard" placeholder:"NAME" group:"Access" help:"Organization in the certificates that --clients-ca makes. Default Chargeyard."`

	Ledger   string `placeholder:"FILE" group:"Result" help:"Write what every station did to FILE at the end, for chargeyard verify."`
	Verify   string `placeholder:"URL" group:"Result" help:"Compare the ledger with this management system's API at the end: http://127.0.0.1:8080."`
	APIToken string `name:"api-token" placeholder:"TOKEN" group:"Result" help:"Token for --verify; better given as CHARGEYARD_API_TOKEN. Without it the one that \"chargeyard token new --save\" left in the data directory is used, for a server on this machine."`
	Data     string `default:"chargeyard-data" placeholder:"DIR" group:"Result" help:"Data directory of the server of --verify, where a saved token is looked for. Default ./chargeyard-data."`
	JSON     bool   `name:"json" group:"Result" help:"Print the summary as JSON."`
	Verbose  bool   `short:"v" group:"Result" help:"Log what fails, station by station."`
}

// Help is what --help prints below the flags.
func (simulateCmd) Help() string {
	return `Virtual charging stations boot, drivers plug in, authorize, charge and leave, and the stations do what the
management system asks, whatever that is. They can be pointed at any management system.

Every station keeps a ledger of its transactions. --verify holds it against what this project's server has stored, to the
watt-hour; --ledger keeps it for "chargeyard verify" or for a comparison of your own.

The exit status is 0 when every station was accepted, every session was delivered to the end, and nothing differs, and 1
otherwise.

  chargeyard simulate --url ws://localhost:8887/ocpp --stations 100 --duration 2m --verify http://127.0.0.1:8080
  chargeyard simulate --url ws://localhost:8887/ocpp --scenario flaky-network`
}

// Validate refuses what cannot work; kong calls it.
func (c *simulateCmd) Validate() error {
	if c.URL == "" && !c.List {
		return errors.New("missing flags: --url=URL")
	}
	return nil
}

// Run runs the stations and prints the summary.
func (c *simulateCmd) Run(ctx context.Context, s streams) error {
	if c.List {
		return listScenarios(s.out)
	}
	o, err := c.options(s.err)
	if err != nil {
		return err
	}
	fleet, err := simulator.New(o)
	if err != nil {
		return err
	}
	if c.Verify != "" {
		if err := c.api().check(ctx); err != nil {
			return err
		}
	}
	if c.Seed == nil {
		fmt.Fprintf(s.err, "seed %d (--seed %d repeats this run)\n", o.Seed, o.Seed)
	}
	live := watch(s.err, fleet)
	summary := fleet.Run(ctx)
	live()
	if err := showSummary(s.out, summary, c.JSON); err != nil {
		return err
	}
	err = c.settle(context.WithoutCancel(ctx), s.out, fleet.Ledger())
	if problem := summary.Problem(); problem != "" {
		err = errors.Join(errors.New(problem+whyNot(summary)), err)
	}
	return err
}

// whyNot says where a server that turns stations away tells why; the status of a refused handshake is all that it tells them.
func whyNot(s simulator.Summary) string {
	for reason := range s.NotAccepted {
		if strings.HasPrefix(reason, "401 ") || strings.HasPrefix(reason, "404 ") {
			return "\nA server of this program says why: \"chargeyard refusals\". It lets any station in with --stations open."
		}
	}
	return ""
}

// settle writes and verifies the ledger as the flags want it, also after Ctrl-C.
func (c *simulateCmd) settle(ctx context.Context, out io.Writer, l *simulator.Ledger) (err error) {
	if c.Ledger != "" {
		err = l.WriteFile(c.Ledger)
	}
	if c.Verify != "" {
		err = errors.Join(err, verify(ctx, out, l, c.api(), c.JSON))
	}
	return err
}

func (c *simulateCmd) api() apiAccess {
	return apiAccess{Server: c.Verify, APIToken: c.APIToken, Data: c.Data}
}

func listScenarios(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, name := range simulator.Scenarios() {
		s, err := simulator.LoadScenario(name)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%s\t%s\n", name, s.Description)
	}
	return w.Flush()
}

// seed returns the seed of the flag, or one of the clock: stations that start afresh with a seed that they had use the ids of their
// old transactions again.
func (c *simulateCmd) seed() uint64 {
	if c.Seed != nil {
		return *c.Seed
	}
	return uint64(time.Now().UnixMilli())
}

// defaultStations is how many there are when neither a flag nor a scenario says.
const defaultStations = 10

func (c *simulateCmd) options(logTo io.Writer) (simulator.Options, error) {
	o := simulator.Options{
		URL: c.URL, Stations: c.Stations, Outlets: c.EVSEs, Prefix: c.Prefix, Password: c.Password,
		Duration: c.Duration, Speed: c.Speed, Drain: c.Drain, SampleInterval: c.Sample, Seed: c.seed(),
		Ledger: c.Ledger != "" || c.Verify != "",
	}
	if c.Stations < 0 {
		return o, fmt.Errorf("--stations=%d: at least one station is needed", c.Stations)
	}
	if c.Verbose {
		o.Logger = slog.New(slog.NewTextHandler(logTo, nil))
	}
	for _, name := range c.Versions {
		v, ok := ocpp.ParseVersion(name)
		if !ok {
			return o, fmt.Errorf("--versions: there is no OCPP %q; 1.6, 2.0.1 and 2.1 are spoken", name)
		}
		o.Versions = append(o.Versions, v)
	}
	if c.Scenario != "" {
		scenario, err := simulator.LoadScenario(c.Scenario)
		if err != nil {
			return o, err
		}
		o.Scenario = scenario
	} else if o.Stations == 0 {
		o.Stations = defaultStations
	}
	return o, c.access(&o)
}
