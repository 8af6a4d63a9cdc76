package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/chargeyard/chargeyard/internal/feed"
)

// Options are what the API needs of the rest of the server.
type Options struct {
	Store  Store      // required: what is remembered
	Fleet  Fleet      // required: the stations that are connected
	Tokens APITokens  // required: who may call
	Events *feed.Feed // required: what happens

	// Desires sets what is wanted of variables. Default: nobody does.
	Desires Desires

	// NotReady returns why the server should get no traffic, and nothing when it should. Default: always ready.
	NotReady func(context.Context) []string

	// Metrics answers GET /metrics, to who has a token or, with MetricsPublic, to everybody. Default: there is none.
	Metrics       http.Handler
	MetricsPublic bool

	// Observe is told of each operation, by its id in the description, as it begins. The context goes on with it, and
	// the function is called with the HTTP status when it has ended. It is called from many goroutines. Default: nobody is.
	Observe func(ctx context.Context, operation string, header http.Header) (context.Context, func(status int))

	// Counts returns what the server counts for /debug/runtime. Default: zeros.
	Counts func() Counts

	// Refusals returns how many connection attempts were turned away since the start, by reason, those included that are
	// not kept. Default: none.
	Refusals func() map[string]int64

	// SiteChanged is told that a site, or its members, have changed, and why. Default: nobody is.
	SiteChanged func(site, reason string)

	// MemberLeft is told that a station is a member of no site any more. Default: nobody is.
	MemberLeft func(station string)

	// Version of the server, for the API's description. Default "dev".
	Version string

	// Log gets what went wrong, never tokens, keys or payloads. Default: discarded.
	Log *slog.Logger
}

// api carries the options to the handlers.
type api struct {
	o       Options
	huma    huma.API
	started time.Time
	verbs   map[string]*huma.Schema // of the arguments of each, by name
}

// New makes the handler of the HTTP listener.
func New(o Options) (http.Handler, error) {
	a := &api{o: o.withDefaults(), started: time.Now(), verbs: map[string]*huma.Schema{}}
	rest := http.NewServeMux()
	a.huma = humago.New(rest, config(a.o.Version))
	if a.o.Observe != nil {
		a.huma.UseMiddleware(a.observe)
	}
	a.huma.UseMiddleware(checkParameters)
	a.register()
	rest.HandleFunc("GET "+prefix, index)
	rest.HandleFunc("GET "+prefix+"/{$}", index)
	rest.Handle("/", fallback(rest))

	description, err := a.openAPI()
	if err != nil {
		return nil, err
	}
	root := http.NewServeMux()
	root.Handle(prefix+"/", a.requireToken(withController(rest)))
	root.Handle(prefix, a.requireToken(rest)) // not a redirect to the path with a slash
	root.HandleFunc("GET /openapi.json", serveOpenAPI(description))
	root.HandleFunc("GET /healthz", healthz)
	root.HandleFunc("GET /readyz", a.readyz)
	if a.o.Metrics != nil {
		root.Handle("GET /metrics", a.metrics())
	}
	root.Handle("/", fallback(root))
	return a.guard(root), nil
}

func (o Options) withDefaults() Options {
	if o.Desires == nil {
		o.Desires = noDesires{}
	}
	if o.NotReady == nil {
		o.NotReady = func(context.Context) []string { return nil }
	}
	if o.Counts == nil {
		o.Counts = func() Counts { return Counts{} }
	}
	if o.Refusals == nil {
		o.Refusals = func() map[string]int64 { return nil }
	}
	if o.SiteChanged == nil {
		o.SiteChanged = func(string, string) {}
	}
	if o.MemberLeft == nil {
		o.MemberLeft = func(string) {}
	}
	if o.Version == "" {
		o.Version = "dev"
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// prefix of all operations.
const prefix = "/api/v1"

// register adds every operation.
func (a *api) register() {
	a.registerStations()
	a.registerTags()
	a.registerRecords()
	a.registerContradictions()
	a.registerTransactions()
	a.registerLimits()
	a.registerCommands()
	a.registerVerbs()
	a.registerBulk()
	a.registerBulks()
	a.registerRuntime()
	a.registerRefusals()
	a.registerTokens()
	a.registerTokenDecision()
	a.registerTokenGroups()
	a.registerReservations()
	a.registerAPITokens()
	a.registerEvents()
	a.registerDevices()
	a.registerCredentials()
	a.registerLibrary()
	a.registerSites()
	a.registerTariffs()
}
