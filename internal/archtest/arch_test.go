// Package archtest holds the import rules of docs/architecture.md as a test. It has no code of its own.
package archtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/chargeyard/chargeyard"

// rules says, for every package of the module, what it may import beside the standard library: packages of the
// module without their prefix, and other modules in full. A pattern that ends in /... covers what is below it.
// "std" alone says: nothing else. A package that is not listed fails the test.
var rules = map[string][]string{
	"ocpp":              {"internal/jsonwire"},
	"ocpp16":            {"ocpp", "internal/jsonwire"},
	"ocpp201":           {"ocpp", "internal/jsonwire"},
	"ocpp21":            {"ocpp", "internal/jsonwire"},
	"ocppj":             {"ocpp", "internal/jsonwire", "internal/stack"},
	"ocppj/jws":         {"ocppj", "ocpp", "github.com/go-jose/go-jose/v4/..."},
	"csms":              {"ocpp", "ocppj", "internal/wsconn"},
	"station":           {"ocpp", "ocppj", "internal/wsconn", "golang.org/x/sys/..."},
	"ocpptest":          {"ocpp", "ocppj", "csms", "station", "internal/wsconn"},
	"simulator":         {"ocpp", "ocpp16", "ocpp201", "ocpp21", "station", "github.com/goccy/go-yaml/..."},
	"cmd/chargeyard":    {"internal/server", "internal/fleet", "internal/apiclient", "internal/decode", "internal/stormserver", "simulator", "simulator/storm", "csms", "ocpp", "ocpp16", "ocpp201", "ocpp21", "station", "golang.org/x/sync/errgroup", "github.com/alecthomas/kong", "github.com/vbauerster/mpb/v8/...", "github.com/mattn/go-isatty", "github.com/mattn/go-runewidth", "golang.org/x/sys/..."},
	"simulator/storm":   {"ocpp", "ocpp16", "ocpp201", "ocpp21", "station"},
	"cmd/ocppgen":       {"internal/ocppgen"},
	"internal/jsonwire": {"std"},
	"internal/ocppgen":  {"std"},
	"internal/msgdoc":   {"std"},
	"internal/stack":    {"std"},
	"internal/wsconn":   {"internal/stack", "golang.org/x/sys/...", "github.com/gobwas/ws/..."},
	"internal/fleet":    {"std"},
	"internal/store":    {"internal/fleet"},
	// The conformance suite is code that every engine's tests call.
	"internal/store/storetest":  {"internal/store", "internal/fleet", "pgregory.net/rapid", "go.uber.org/goleak"},
	"internal/store/sqlitetest": {"internal/store", "internal/store/sqlite"},
	"internal/store/sqlite":     {"internal/store", "internal/fleet", "modernc.org/sqlite/...", "github.com/pressly/goose/v3/...", "golang.org/x/sys/..."},
	"internal/adapter":          {"internal/fleet", "internal/store", "csms", "ocpp"},
	"internal/adapter/v16":      {"internal/adapter", "internal/fleet", "internal/store", "csms", "ocpp", "ocpp16"},
	"internal/adapter/v201":     {"internal/adapter", "internal/fleet", "internal/store", "csms", "ocpp", "ocpp201"},
	"internal/adapter/v21":      {"internal/adapter", "internal/fleet", "internal/store", "csms", "ocpp", "ocpp21"},
	"internal/apiclient":        {"std"},
	"internal/decode":           {"internal/msgdoc", "ocpp", "ocpp16", "ocpp201", "ocpp21"},
	"internal/feed":             {"internal/fleet", "internal/store"},
	"internal/httpapi":          {"internal/feed", "internal/fleet", "internal/store", "internal/msgdoc", "github.com/danielgtaylor/huma/v2/..."},
	"internal/server":           {"*"},
	"internal/stormserver":      {"csms", "ocpp", "ocpp16", "ocpp201", "ocpp21", "simulator/storm"},
	"internal/archtest":         {"std"},
	"internal/rulesdoc":         {"std"},
	"internal/coveragedoc":      {"std"}, // tests only
	"internal/stormtest":        {"std"}, // tests only
	"internal/codectest":        {"ocpp", "ocpp16", "ocpp201", "ocpp21", "internal/jsonwire"},
	"internal/conformance":      {"ocpp"},
}

// library is what a program that imports only csms or station may link beside the standard library.
var library = []string{
	"ocpp", "ocppj", "csms", "station", "internal/jsonwire", "internal/stack", "internal/wsconn",
	"github.com/gobwas/ws/...", "github.com/gobwas/httphead/...", "github.com/gobwas/pool/...", "golang.org/x/sys/...",
}

type listed struct {
	ImportPath string
	Standard   bool
	Imports    []string
	Deps       []string
}

func list(t *testing.T, args ...string) []listed {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-json=ImportPath,Standard,Imports,Deps"}, args...)...)
	cmd.Dir = "../.."
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list %v: %v\n%s", args, err, stderr.String())
	}
	var pkgs []listed
	dec := json.NewDecoder(bytes.NewReader(out))
	for {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return pkgs
		} else if err != nil {
			t.Fatalf("go list %v: %v", args, err)
		}
		pkgs = append(pkgs, p)
	}
}

// standard reports whether an import path is of the standard library: its first element has no dot.
func standard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

func allowed(path string, patterns []string) bool {
	path = strings.TrimPrefix(path, module+"/")
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		prefix, wide := strings.CutSuffix(pattern, "/...")
		return pattern == "*" || path == pattern || wide && (path == prefix || strings.HasPrefix(path, prefix+"/"))
	})
}

func TestEveryPackageKeepsItsImportRules(t *testing.T) {
	for _, p := range list(t, "./...") {
		name := strings.TrimPrefix(p.ImportPath, module+"/")
		if name == "examples" || strings.HasPrefix(name, "examples/") {
			continue // examples show the public library; TestExamplesUseOnlyThePublicLibrary
		}
		patterns, ok := rules[name]
		if !ok {
			t.Errorf("%s: not in the table of import rules: add it with what it may import, or put the code elsewhere", name)
			continue
		}
		for _, imp := range p.Imports {
			if !standard(imp) && !allowed(imp, patterns) {
				t.Errorf("%s must not import %s; it may import %s", name, imp, strings.Join(patterns, ", "))
			}
		}
	}
}

func TestExamplesUseOnlyThePublicLibrary(t *testing.T) {
	public := []string{"ocpp", "ocpp16", "ocpp201", "ocpp21", "ocppj", "ocppj/jws", "csms", "station", "ocpptest"}
	for _, p := range list(t, "./examples/...") {
		for _, imp := range p.Imports {
			if !standard(imp) && !allowed(imp, public) {
				t.Errorf("%s must not import %s", p.ImportPath, imp)
			}
		}
	}
}

func TestLibraryLinksNoProduct(t *testing.T) {
	for _, p := range list(t, "./csms", "./station") {
		for _, dep := range p.Deps {
			if !standard(dep) && !allowed(dep, library) && !strings.HasPrefix(dep, "vendor/") {
				t.Errorf("a program that imports %s links %s", p.ImportPath, dep)
			}
		}
	}
}

func TestEndsDoNotImportEachOtherOrAVersion(t *testing.T) {
	for _, p := range list(t, "./csms", "./station", "./ocppj") {
		for _, dep := range p.Deps {
			name := strings.TrimPrefix(dep, module+"/")
			self := p.ImportPath == dep
			if !self && slices.Contains([]string{"csms", "station", "ocpp16", "ocpp201", "ocpp21"}, name) {
				t.Errorf("%s links %s", p.ImportPath, dep)
			}
		}
	}
}
