package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"
)

// cli is the grammar of the command line. Every flag is also a variable CHARGEYARD_<FLAG> and a key of the
// configuration file; a flag wins over a variable, a variable over the file, the file over the default.
type cli struct {
	Config string `placeholder:"FILE" help:"JSON file with settings: {\"ocpp\": \":8887\", \"tls-cert\": [\"a.pem\"]}. A key is the name of a flag, and for --stations and --prefix of simulate and storm that of its variable: simulate-stations. Flags win over CHARGEYARD_* variables, and those over the file."`

	Serve serveCmd `cmd:"" group:"Server" help:"Run the management system: accept stations, keep their transactions, answer the API."`
	Token tokenCmd `cmd:"" group:"Server" help:"Make tokens for programs and people that use the API."`

	Stations     stationsCmd     `cmd:"" group:"Ask a server" help:"List, show, add and delete stations."`
	Transactions transactionsCmd `cmd:"" group:"Ask a server" help:"List, show and stop charging sessions."`
	Call         callCmd         `cmd:"" group:"Ask a server" help:"Send an OCPP request to a station, or to many, and print the answer."`
	Do           doCmd           `cmd:"" group:"Ask a server" help:"Have a station do something, in words that are the same for all versions of OCPP."`
	Verbs        verbsCmd        `cmd:"" group:"Ask a server" help:"Say what a station can be asked to do, and with which arguments."`
	Commands     commandsCmd     `cmd:"" group:"Ask a server" help:"List, show and cancel requests that the server keeps for stations."`
	Bulks        bulksCmd        `cmd:"" group:"Ask a server" help:"List, show and stop requests to many stations."`
	IDTokens     idTokensCmd     `cmd:"" name:"id-tokens" group:"Ask a server" help:"List, add, accept, block and delete the cards and apps with which drivers charge."`
	Events       eventsCmd       `cmd:"" group:"Ask a server" help:"Follow what happens, as it happens."`
	TokenGroups  tokenGroupsCmd  `cmd:"" name:"token-groups" group:"Ask a server" help:"List, set and delete what the tokens of a group may do together."`
	Reservations reservationsCmd `cmd:"" group:"Ask a server" help:"List, make and cancel reservations."`
	Refusals     refusalsCmd     `cmd:"" group:"Ask a server" help:"List stations that were turned away, and why."`
	Variables    variablesCmd    `cmd:"" group:"Ask a server" help:"List variables or configuration keys of a station."`
	Desired      desiredCmd      `cmd:"" group:"Ask a server" help:"Say what variables or configuration keys shall be, and have it set."`
	Drift        driftCmd        `cmd:"" group:"Ask a server" help:"List what is otherwise than wanted."`
	Profiles     profilesCmd     `cmd:"" group:"Ask a server" help:"List, show, add and delete charging profiles of the library."`
	Tariffs      tariffsCmd      `cmd:"" group:"Ask a server" help:"List, show, make and assign what charging costs."`
	Sites        sitesCmd        `cmd:"" group:"Ask a server" help:"List, show and change groups of stations that share a limit."`
	Certificates certificatesCmd `cmd:"" group:"Ask a server" help:"List certificates that are installed in stations."`

	Simulate simulateCmd `cmd:"" group:"Simulator" help:"Run virtual stations against a management system, this one or any other."`
	Verify   verifyCmd   `cmd:"" group:"Simulator" help:"Compare what simulated stations did with what a management system has stored."`
	Storm    stormCmd    `cmd:"" group:"Simulator" help:"Take the connections of thousands of stations away at once and measure how they come back."`

	Decode  decodeCmd  `cmd:"" group:"Tools" help:"Say what is wrong with OCPP frames, and where."`
	Version versionCmd `cmd:"" group:"Tools" help:"Say which version this is."`

	StormServer stormServerCmd `cmd:"" hidden:"" help:"The server that storm starts for itself."`
}

const about = `Chargeyard is an OCPP charging station management system in one binary: it speaks OCPP 1.6, 2.0.1 and 2.1 on one
port and needs nothing set up.

Try it:

    chargeyard serve --demo 25                            run it with 25 stations of its own

In another terminal, with the token that it printed (export CHARGEYARD_API_TOKEN=...):

    chargeyard stations                                   who is there?
    chargeyard do DEMO-0001 start evse=1 idToken=CAFE     have one do something
    chargeyard call DEMO-0001 Reset '{"type":"Soft"}'     any request of OCPP
    chargeyard events                                     what happens now?
    chargeyard simulate --url ws://localhost:8887/ocpp    virtual stations for this or any other system`

// streams are where a command reads and writes: out is for the user, err for the log.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// exitCode ends the parse of --help and the like; kong calls a function that must not return.
type exitCode int

// run is main without the process: it parses the arguments, runs the command until ctx ends, and returns the exit
// code: 0, 1 when the command failed, 2 when the command line is wrong, others as the command says.
func run(ctx context.Context, args []string, out, errOut io.Writer) (code int) {
	return runWith(ctx, args, streams{os.Stdin, out, errOut})
}

func runWith(ctx context.Context, args []string, s streams) (code int) {
	defer func() {
		switch cause := recover().(type) {
		case nil:
		case exitCode:
			code = int(cause)
		default:
			panic(cause)
		}
	}()
	command, err := parse(&cli{}, args, s.out, s.err)
	if err == nil {
		command.BindTo(ctx, (*context.Context)(nil))
		command.Bind(s)
		err = command.Run()
	}
	return report(err, s.err)
}

func parse(grammar *cli, args []string, out, errOut io.Writer) (*kong.Context, error) {
	parser, err := kong.New(grammar,
		kong.Name("chargeyard"),
		kong.Description(about),
		kong.DefaultEnvars("CHARGEYARD"),
		kong.Vars{"commandStates": ",queued,sent,answered,refused,timeout,unknown,expired,canceled,invalid"},
		kong.KindMapper(reflect.String, kong.MapperFunc(anyCase)),
		kong.TypeMapper(reflect.TypeFor[time.Duration](), kong.MapperFunc(aDuration)),
		kong.TypeMapper(reflect.TypeFor[time.Time](), kong.MapperFunc(anInstant)),
		kong.Writers(out, errOut),
		kong.Exit(func(code int) { panic(exitCode(code)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true, NoAppDescFormat: true, FlagsLast: true}),
	)
	if err != nil {
		return nil, err
	}
	switch {
	case len(args) == 0:
		args = []string{"--help"}
	case args[0] == "--version": // as a flag of the grammar it would be one of each command, where it means that of OCPP
		args = []string{"version"}
	}
	return parser.Parse(args)
}

// report says what went wrong in one sentence.
func report(err error, errOut io.Writer) int {
	if err == nil {
		return 0
	}
	if errors.Is(err, errWrong) {
		return 1 // it is printed already
	}
	said, hint, code := err.Error(), hintOf(err), exitCodeOf(err)
	if usage := (*kong.ParseError)(nil); errors.As(err, &usage) {
		said, hint, code = misread(usage), "\nSee: "+strings.Join(commandOf(usage), " ")+" --help", 2
	}
	if _, werr := fmt.Fprintf(errOut, "chargeyard: %s%s\n", said, hint); werr != nil {
		return code // no terminal is left to say it on
	}
	return code
}

// misread is what is wrong with a command line: a word that is no command where there are some is answered with those, and of the
// values of a flag the one is left out that stands for none.
func misread(e *kong.ParseError) string {
	said := strings.ReplaceAll(strings.Replace(e.Error(), `must be one of "",`, "must be one of ", 1), `","`, `", "`)
	if !strings.HasPrefix(said, unexpectedWord) || strings.Contains(said, "did you mean") {
		return said
	}
	words, node := commandOf(e), e.Context.Model.Node
	for _, word := range words[1:] {
		for _, child := range node.Children {
			if child.Name == word {
				node = child
			}
		}
	}
	var commands []string
	for _, child := range node.Children {
		commands = append(commands, child.Name)
	}
	if len(words) == 1 || len(commands) == 0 {
		return said
	}
	return fmt.Sprintf("%s; %q has the commands %s", said, strings.Join(words, " "), strings.Join(commands, ", "))
}

// unexpectedWord begins what the parser says of a word that it has no use for.
const unexpectedWord = "unexpected argument "

// commandOf is the command that was named, as far as it was understood. One that is the default is so unless a word was taken for
// another.
func commandOf(e *kong.ParseError) []string {
	words := []string{"chargeyard"}
	for _, step := range e.Context.Path {
		if step.Command == nil {
			continue
		}
		named := slices.Contains(e.Context.Args, step.Command.Name)
		if named || !strings.HasPrefix(e.Error(), unexpectedWord) {
			words = append(words, step.Command.Name)
		}
	}
	return words
}

// AfterApply refuses a zero where it would mean the same as saying nothing, which nobody expects who writes it; kong
// calls it. Flags to which 0 has a meaning have the tag zero.
func (*cli) AfterApply(ctx *kong.Context) error {
	for _, f := range ctx.Flags() {
		if numeric(f.Target.Kind()) && f.Set && f.Target.IsZero() && !f.Tag.Has("zero") {
			return fmt.Errorf("--%s takes a value above zero; leave it out for the default", f.Name)
		}
	}
	return nil
}

func numeric(k reflect.Kind) bool { return k >= reflect.Int && k <= reflect.Float64 }
