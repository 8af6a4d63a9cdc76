package main

import (
	"bytes"
	"context"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
)

// try runs a command line.
func try(t *testing.T, args ...string) (code int, out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(t.Context(), args, &o, &e)
	return code, o.String(), e.String()
}

func TestHelpOfEveryCommand(t *testing.T) {
	for _, c := range []struct {
		args []string
		want []string
	}{
		{nil, []string{"serve", "simulate", "token", "version", "--demo 25"}},
		{[]string{"--help"}, []string{"Server\n", "Ask a server\n", "Simulator\n", "Tools\n", "transactions", "CHARGEYARD_"}},
		{[]string{"stations", "--help"}, []string{"stations add", "stations delete", "  chargeyard stations --online"}},
		{[]string{"stations", "list", "--help"}, []string{"--version", "--server=URL", "$CHARGEYARD_API_TOKEN"}},
		{[]string{"transactions", "--help"}, []string{"transactions show", "CP-001:17"}},
		{[]string{"call", "--help"}, []string{"STATION", "@FILE", "Exit code", "--all", "--expect"}},
		{[]string{"decode", "--help"}, []string{"--version", "-p,", "chargeyard decode session.log", "Exit code"}},
		{[]string{"refusals", "--help"}, []string{"--since"}},
		{[]string{"serve", "--help"}, []string{"--ocpp=ADDR", "127.0.0.1:8080", "$CHARGEYARD_API_TOKEN", "open|known", "Ctrl-C"}},
		{[]string{"storm", "--help"}, []string{"--variant", "halfopen", "--server-pid", "--report", "--strike-at"}},
		{[]string{"simulate", "--help"}, []string{"--url", "--stations", "--duration"}},
		{[]string{"token", "new", "--help"}, []string{"--data", "hash"}},
		{[]string{"version", "--help"}, []string{"version"}},
	} {
		code, out, errOut := try(t, c.args...)
		if code != 0 || errOut != "" {
			t.Errorf("%v: code %d, %s", c.args, code, errOut)
		}
		for _, want := range c.want {
			if !strings.Contains(out, want) {
				t.Errorf("%v: the help lacks %q:\n%s", c.args, want, out)
			}
		}
	}
}

func TestWrongCommandLinesSayWhatIsWrong(t *testing.T) {
	for want, args := range map[string][]string{
		"unknown flag --nothing":         {"serve", "--nothing"},
		"unexpected argument nothing":    {"nothing"},
		"come in pairs":                  {"serve", "--tls-cert", "a"},
		"needs a certificate":            {"serve", "--ocpp-tls", ":0"},
		"of use with --ocpp-tls":         {"serve", "--client-ca", "a"},
		"--demo takes a number":          {"serve", "--demo=-1"},
		"--drain-window takes":           {"serve", "--drain-window=-1s"},
		"--max-wait take values":         {"serve", "--waiting=-1"},
		"--stations must be one of":      {"serve", "--stations", "closed"},
		"cannot read the configuration":  {"serve", "--config", "nowhere.json"},
		"--log-level must be one of":     {"serve", "--log-level", "loud"},
		`"often" is no duration such`:    {"serve", "--heartbeat", "often"},
		`"5" is no duration such`:        {"serve", "--heartbeat", "5"},
		`"soon" is no time such`:         {"id-tokens", "check", "A", "--time", "soon"},
		`has the commands list, show`:    {"stations", "ad", "CP-001"},
		"See: chargeyard stations --":    {"stations", "ad", "CP-001"},
		"See: chargeyard stations list":  {"stations", "--limit", "0"},
		`one of "1.6", "2.0.1", "2.1"`:   {"stations", "--version", "1.5"},
		"this is 1 word\n":               {"call", "CP-001"},
		"simulate: missing flags: --url": {"simulate"},
		"takes HOST:PORT, or :PORT":      {"serve", "--ocpp", "8887", "--http", "127.0.0.1:0", "--data", t.TempDir()},
		"expected one of \"new\"":        {"token"},
		"--heartbeat takes a value":      {"serve", "--heartbeat", "0"},
		"--heartbeat takes a duration":   {"serve", "--heartbeat=-1s"},
		"--handshakes takes a value":     {"serve", "--handshakes", "0"},
		"--demo takes a value":           {"serve", "--demo", "0"},
		"--commit-events takes":          {"serve", "--commit-events=-1"},
		"--commit-delay takes":           {"serve", "--commit-delay", "2s"},
		"--evses takes a value":          {"simulate", "--url", "ws://h/", "--evses", "0"},
		"--flaps takes a value":          {"storm", "--flaps", "0"},
		"See: chargeyard serve --help":   {"serve", "--noting"},
		"See: chargeyard token --help":   {"token", "old"},
		"See: chargeyard --help":         {"old"},
		`did you mean "stations"`:        {"sttions"},
		"give STATION ACTION":            {"call", "CP-001"},
		"give ACTION [JSON]":             {"call", "--all"},
		"does not go with --all":         {"call", "--all", "--select", "a,b", "Reset"},
		"--timeout takes a duration":     {"call", "CP-001", "Reset", "--timeout=-1s"},
		"can't be used together":         {"stations", "--online", "--offline"},
		"--output must be one of":        {"stations", "--output", "xml"},
		"--limit takes a value":          {"transactions", "--limit", "0"},
	} {
		code, _, errOut := try(t, args...)
		if code == 0 || !strings.Contains(errOut, want) {
			t.Errorf("%v: code %d, want %q in: %s", args, code, want, errOut)
		}
	}
}

func TestVersionSaysWhatItIs(t *testing.T) {
	for _, how := range []string{"version", "--version"} {
		code, out, _ := try(t, how)
		if code != 0 || !strings.Contains(out, "chargeyard ") || !strings.Contains(out, "OCPP 1.6, 2.0.1, 2.1") {
			t.Errorf("%s: %d %s", how, code, out)
		}
	}
}

func TestTokenNewPrintsAToken(t *testing.T) {
	data := t.TempDir()
	code, out, errOut := try(t, "token", "new", "--data", data)
	if code != 0 || !regexp.MustCompile(`^cy_\S{40,}\n$`).MatchString(out) {
		t.Errorf("%d %q %s", code, out, errOut)
	}
	if _, again, _ := try(t, "token", "new", "--data", data); again == out {
		t.Error("the same token twice")
	}
}

// A directory that was meant is not made up.
func TestTokenNewWantsADataDirectory(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	code, out, errOut := try(t, "token", "new", "--data", data)
	if _, err := os.Stat(data); code != 1 || out != "" || !strings.Contains(errOut, "run chargeyard serve first") || err == nil {
		t.Errorf("%d %q %s; the directory: %v", code, out, errOut, err)
	}
}

// settings parses a command line of serve.
func settings(t *testing.T, args ...string) serveCmd {
	t.Helper()
	var c cli
	if _, err := parse(&c, append([]string{"serve"}, args...), io.Discard, io.Discard); err != nil {
		t.Fatal(err)
	}
	return c.Serve
}

func TestFlagsWinOverVariablesAndThoseOverTheFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "chargeyard.json")
	content := `{"http": "file:1", "ocpp": "file:2", "data": "file", "heartbeat": "7s", "demo": 3, "tls-cert": ["a", "b"], "tls-key": ["c", "d"], "ocpp-tls": ":1"}`
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("CHARGEYARD_OCPP", "env:2")
	t.Setenv("CHARGEYARD_DATA", "env")
	t.Setenv("CHARGEYARD_API_TOKEN", "secret")
	c := settings(t, "--config", file, "--data", "flag")
	if c.HTTP != "file:1" || c.OCPP != "env:2" || c.Data != "flag" || c.APIToken != "secret" || c.Heartbeat != 7*time.Second || c.Demo != 3 {
		t.Errorf("settings: %+v", c)
	}
	if !slices.Equal(c.TLSCert, []string{"a", "b"}) || !slices.Equal(c.TLSKey, []string{"c", "d"}) {
		t.Errorf("lists: %v %v", c.TLSCert, c.TLSKey)
	}
	t.Setenv("CHARGEYARD_CONFIG", file)
	if c := settings(t); c.HTTP != "file:1" || c.OCPP != "env:2" {
		t.Errorf("with the file from the environment: %+v", c)
	}
}

func TestPairsOfCertificatesMayBeRepeated(t *testing.T) {
	c := settings(t, "--ocpp-tls", ":0", "--tls-cert", "ec.pem", "--tls-key", "ec.key", "--tls-cert", "rsa.pem", "--tls-key", "rsa.key")
	if !slices.Equal(c.TLSCert, []string{"ec.pem", "rsa.pem"}) || !slices.Equal(c.TLSKey, []string{"ec.key", "rsa.key"}) {
		t.Errorf("%v %v", c.TLSCert, c.TLSKey)
	}
}

func TestAFileWithAnUnknownSettingIsRefused(t *testing.T) {
	for content, want := range map[string]string{
		`{"htpp": ":1"}`:         `there is no setting "htpp"`,
		`{"config": ""}`:         `there is no setting "config"`,
		`{"name": "me"}`:         `there is no setting "name"`,
		`[]`:                     "not a JSON object",
		`{"heartbeat": 60}`:      `c.json: a time needs a unit: write "60s"`,
		`{"heartbeat": "often"}`: `c.json: "often" is no duration`,
		`{"handshakes": "many"}`: `"handshakes" in `,
		`{"stations": "nobody"}`: "c.json: must be one of",
		`{"demo": 0}`:            "--demo takes a value",
	} {
		file := filepath.Join(t.TempDir(), "c.json")
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if code, _, errOut := try(t, "serve", "--config", file); code == 0 || !strings.Contains(errOut, want) {
			t.Errorf("%s: %d %s", content, code, errOut)
		}
	}
}

func TestServeStartsPrintsATokenAndEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out := make(lines, 64)
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"serve", "--ocpp", "127.0.0.1:0", "--http", "127.0.0.1:0", "--data", t.TempDir(), "--log-format", "json"}, out, io.Discard)
	}()
	banner := <-out
	url := regexp.MustCompile(`http://(\S+)/api/v1`).FindStringSubmatch(banner)
	token := regexp.MustCompile(`token +(cy_\S+)`).FindStringSubmatch(banner)
	if url == nil || token == nil {
		t.Fatalf("the banner:\n%s", banner)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url[0]+"/stations", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token[1])
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("status %d", resp.StatusCode)
	}
	http.DefaultClient.CloseIdleConnections()
	cancel()
	if code := <-ended; code != 0 {
		t.Errorf("exit code %d", code)
	}
}

func TestServeSaysWhyItCannotStart(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	code, out, errOut := try(t, "serve", "--ocpp", l.Addr().String(), "--http", "127.0.0.1:0", "--data", t.TempDir())
	if code != 1 || out != "" || !strings.Contains(errOut, "another program listens") || strings.Count(errOut, "\n") != 1 {
		t.Errorf("%d %q %q", code, out, errOut)
	}
}

// lines passes on what is written, write by write.
type lines chan string

func (l lines) Write(p []byte) (int, error) {
	l <- string(p)
	return len(p), nil
}

func TestAFileServesAllCommands(t *testing.T) {
	file := filepath.Join(t.TempDir(), "c.json")
	content := `{"stations": "known", "simulate-stations": 3, "storm-stations": 4, "storm-prefix": "X-", "library-stations": 0}`
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	var c cli
	for _, args := range [][]string{{"serve"}, {"simulate", "--url", "ws://h/"}, {"storm"}} {
		if _, err := parse(&c, append(args, "--config", file), io.Discard, io.Discard); err != nil {
			t.Errorf("%v: %v", args, err)
		}
		switch args[0] {
		case "serve":
			if c.Serve.Stations != "known" {
				t.Errorf("%+v", c.Serve)
			}
		case "simulate":
			if c.Simulate.Stations != 3 || c.Simulate.Prefix != "SIM-" {
				t.Errorf("%+v", c.Simulate)
			}
		case "storm":
			if c.Storm.Stations != 4 || c.Storm.Prefix != "X-" || c.Storm.Library != 0 {
				t.Errorf("%+v", c.Storm)
			}
		}
	}
}

// All other keys are the names of the flags.
func TestKeysAreTheNamesOfFlags(t *testing.T) {
	var c cli
	ctx, err := parse(&c, []string{"serve"}, io.Discard, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	different := map[string]bool{}
	var look func(n *kong.Node)
	look = func(n *kong.Node) {
		for _, f := range n.Flags {
			if key := keyOf(f); key != "" && key != f.Name {
				different[key] = true
			}
		}
		for _, child := range n.Children {
			look(child)
		}
	}
	look(ctx.Model.Node)
	if got := slices.Sorted(maps.Keys(different)); !slices.Equal(got, []string{"simulate-stations", "storm-prefix", "storm-stations"}) {
		t.Errorf("keys that are not the name of their flag: %q", got)
	}
}
