package conformance

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/server"
)

const (
	apiToken = "token-of-the-conversations"
	patience = 20 * time.Second // bounds everything that is waited for
)

// yard is the real server of one file.
type yard struct {
	srv    *server.Server
	client *http.Client
	pki    *pki // nil: stations connect without TLS
	cancel context.CancelFunc
	ended  chan error
}

// openYard starts a server that is set up as the file says.
func openYard(t *testing.T, setup string) *yard {
	t.Helper()
	y := &yard{client: &http.Client{Transport: &http.Transport{}}, ended: make(chan error, 1)}
	cfg := server.Config{
		OCPP: "127.0.0.1:0", HTTP: "127.0.0.1:0", Data: t.TempDir(), APIToken: apiToken, DrainWindow: time.Second,
	}
	y.set(t, &cfg, setup)
	ctx, cancel := context.WithCancel(t.Context())
	srv, err := server.Open(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	y.srv, y.cancel = srv, cancel
	go func() { y.ended <- srv.Run(ctx) }()
	t.Cleanup(func() { y.close(t) })
	return y
}

func (y *yard) close(t *testing.T) {
	y.cancel()
	if err := <-y.ended; err != nil {
		t.Error(err)
	}
	y.client.CloseIdleConnections()
}

// set applies what a file says of its server: stations=known, unknown-tokens=refuse, needs=operator, boot=pending, vendors=org.known, tls.
func (y *yard) set(t *testing.T, cfg *server.Config, setup string) {
	t.Helper()
	for word := range strings.FieldsSeq(setup) {
		name, value, _ := strings.Cut(word, "=")
		switch name {
		case "stations":
			cfg.Stations = server.Mode(value)
		case "unknown-tokens":
			cfg.UnknownTokens = server.UnknownTokens(value)
		case "needs":
			cfg.Needs = server.Needs(value)
		case "boot":
			cfg.Boot = server.Boot(value)
		case "vendors":
			cfg.DataVendors = strings.Split(value, ",")
		case "rsa-key-exchange":
			cfg.RSAKeyExchange = true
		case "tls":
			y.pki = newPKI(t)
			cfg.OCPPTLS, cfg.Certificates, cfg.ClientCA, cfg.Operator = "127.0.0.1:0", y.pki.server(), y.pki.caFile(), "Operator"
		default:
			t.Fatalf("a server cannot be set up with %q", word)
		}
	}
}

// address is where stations connect.
func (y *yard) address(secure bool) string {
	addrs := y.srv.StationAddrs()
	if secure {
		return "wss://" + addrs[len(addrs)-1].String()
	}
	return "ws://" + addrs[0].String()
}

// clientTLS is how a station connects that shows a certificate; "" is none.
func (y *yard) clientTLS(certificate string) (*tls.Config, error) {
	if y.pki == nil {
		return nil, fmt.Errorf("the server has no TLS")
	}
	return y.pki.client(certificate)
}

// reply is an answer of the API.
type reply struct {
	status int
	body   string
	err    error
}

// ask sends a request to the API: METHOD PATH BODY.
func (y *yard) ask(ctx context.Context, text string) reply {
	method, rest, _ := strings.Cut(text, " ")
	path, body, _ := strings.Cut(rest, " ")
	req, err := http.NewRequestWithContext(ctx, method, "http://"+y.srv.APIAddr().String()+"/api/v1"+path, strings.NewReader(body))
	if err != nil {
		return reply{err: err}
	}
	req.Header.Set("Authorization", "Bearer "+apiToken)
	if method == http.MethodPatch {
		req.Header.Set("Content-Type", "application/merge-patch+json")
	}
	resp, err := y.client.Do(req)
	if err != nil {
		return reply{err: err}
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	return reply{status: resp.StatusCode, body: string(content), err: err}
}
