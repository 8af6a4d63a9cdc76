package main

import (
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/chargeyard/chargeyard/simulator"
)

func TestScenariosAreListed(t *testing.T) {
	code, out, errOut := try(t, "simulate", "--list-scenarios")
	if code != 0 || errOut != "" {
		t.Errorf("%d %s", code, errOut)
	}
	for _, name := range simulator.Scenarios() {
		if !strings.Contains(out, name+" ") {
			t.Errorf("the list lacks %s:\n%s", name, out)
		}
	}
}

func TestSimulateSaysWhatIsWrong(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "bad.yaml")
	if err := os.WriteFile(bad, []byte("stations: 3\ndriver: {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, args := range map[string][]string{
		`[2:1] unknown field "driver" (` + bad + `)`:      {"--scenario", bad},
		"there is no scenario and no file":                {"--scenario", "nowhere"},
		"--client-cert and --client-key come together":    {"--client-cert", bad},
		"--clients-ca and --clients-ca-key come together": {"--clients-ca", bad},
		"--clients-ca: tls: failed to find any PEM data":  {"--clients-ca", bad, "--clients-ca-key", bad},
		"speed: time that runs faster needs a duration":   {"--speed", "10"},
		"--versions: there is no OCPP \"3\"":              {"--versions", "3"},
		"--stations=-3: at least one station is needed":   {"--stations=-3"},
	} {
		code, _, errOut := try(t, append([]string{"simulate", "--url", "ws://127.0.0.1:1/"}, args...)...)
		if code == 0 || !strings.Contains(errOut, want) {
			t.Errorf("%v: code %d, want %q in: %s", args, code, want, errOut)
		}
	}
}

// Nobody answers: the summary says why, in both forms, and the ledger is written all the same.
func TestSimulateTellsWhyStationsStayOut(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ledger.json")
	code, out, errOut := try(t, "simulate", "--url", "ws://127.0.0.1:1/", "--stations", "2", "--duration", "300ms", "--json", "--ledger", file)
	var s simulator.Summary
	if err := json.Unmarshal([]byte(out), &s); err != nil || s.Stations != 2 || len(s.NotAccepted) != 1 {
		t.Errorf("%v %s", err, out)
	}
	if code != 1 || !strings.Contains(errOut, "2 of 2 stations were not accepted") || !strings.Contains(errOut, "connection refused") {
		t.Errorf("%d %s", code, errOut)
	}
	if l, err := simulator.ReadLedgerFile(file); err != nil || len(l.Stations) != 2 {
		t.Errorf("the ledger: %v", err)
	}
}

// Two runs that nobody gave a seed have different ones, and say which: stations with a seed that they had would use the ids of
// their transactions again.
func TestRunsHaveSeedsOfTheirOwn(t *testing.T) {
	seeds := map[string]bool{}
	for _, given := range []string{"", "", "0", "7"} {
		args := []string{"simulate", "--url", "ws://127.0.0.1:1/", "--stations", "1", "--duration", "50ms", "--json"}
		if given != "" {
			args = append(args, "--seed", given)
		}
		_, out, errOut := try(t, args...)
		var s simulator.Summary
		if err := json.Unmarshal([]byte(out), &s); err != nil {
			t.Fatalf("%v %s", err, out)
		}
		seed := strconv.FormatUint(s.Seed, 10)
		if given == "" && !strings.Contains(errOut, "--seed "+seed+" repeats this run") || given != "" && (seed != given || strings.Contains(errOut, "repeats")) {
			t.Errorf("given %q: seed %s, and it said %s", given, seed, errOut)
		}
		if seeds[seed] {
			t.Errorf("the seed %s again", seed)
		}
		seeds[seed] = true
	}
}

func TestVerifyWantsALedgerAndAServer(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ledger.json")
	if err := os.WriteFile(file, []byte(`{"format": 9}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, errOut := try(t, "verify", file); code != 1 || !strings.Contains(errOut, "has format 9") {
		t.Errorf("%d %s", code, errOut)
	}
	if err := os.WriteFile(file, []byte(`{"format": 1, "stations": [{"id": "A", "version": "1.6", "connections": 1}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, errOut := try(t, "verify", file, "--server", "http://127.0.0.1:1"); code == 0 || !strings.Contains(errOut, "127.0.0.1:1") {
		t.Errorf("%d %s", code, errOut)
	}
}

// A run that is to be verified is not begun when the API says no already, and finds the token that was saved.
func TestTheTokenToVerifyWithIsTriedBeforeTheRun(t *testing.T) {
	a := ask(t)
	server := os.Getenv("CHARGEYARD_SERVER")
	t.Setenv("CHARGEYARD_API_TOKEN", "")
	run := []string{"simulate", "--url", a.stations, "--stations", "1", "--verify", server, "--data", a.data, "--duration"}
	a.want(exitUnauthorized, "this needs the header", append(run, "1h")...)
	a.want(1, "is not the URL of a server", append(run, "1h", "--verify", "nowhere")...)
	a.want(0, "cy_", "token", "new", "--save", "--data", a.data)
	a.want(0, "differences", append(run, "1s")...)
}

// Who is turned away by a server of this program is told where that server says why.
func TestARunThatIsTurnedAwayNamesTheRefusals(t *testing.T) {
	a := ask(t)
	a.want(0, "", "stations", "add", "SIM-0001")
	run := []string{"simulate", "--url", a.stations, "--duration", "100ms", "--stations", "1"}
	a.want(1, "A server of this program says why: \"chargeyard refusals\"", run...)
	if _, _, errOut := try(t, "simulate", "--url", "ws://127.0.0.1:1/", "--duration", "100ms"); strings.Contains(errOut, "refusals") {
		t.Errorf("nobody answered, and it said %s", errOut)
	}
}

// The certificate authority of --clients-ca gives each station one with its identity.
func TestStationsGetCertificatesOfTheirOwn(t *testing.T) {
	dir := t.TempDir()
	ca, key := filepath.Join(dir, "ca.pem"), filepath.Join(dir, "ca.key")
	root := writeAuthority(t, ca, key)
	a, err := newAuthority(ca, key, "Operator")
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(root)
	for _, id := range []string{"SIM-0001", "SIM-0002"} {
		pair, err := a.issue(id)
		if err != nil {
			t.Fatal(err)
		}
		leaf, err := x509.ParseCertificate(pair.Certificate[0])
		if err != nil || leaf.Subject.CommonName != id || leaf.Subject.Organization[0] != "Operator" {
			t.Fatalf("%v %v", leaf.Subject, err)
		}
		if _, err := leaf.Verify(x509.VerifyOptions{Roots: pool, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}); err != nil {
			t.Error(err)
		}
	}
}

// writeAuthority makes a certificate authority in two files.
func writeAuthority(t *testing.T, certFile, keyFile string) *x509.Certificate {
	t.Helper()
	root, key := selfSigned(t)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: root.Raw}, keyFile: {Type: "PRIVATE KEY", Bytes: der}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}
