package server

import (
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/chargeyard/chargeyard/internal/store/sqlitetest"
)

// receiver is a collector of traces.
type receiver struct {
	*httptest.Server
	mu    sync.Mutex // guards spans
	spans []*tracepb.Span
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(req.Body)
		var got collector.ExportTraceServiceRequest
		if err != nil || req.URL.Path != "/v1/traces" || proto.Unmarshal(body, &got) != nil {
			t.Errorf("%s: %v", req.URL, err)
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		for _, resource := range got.GetResourceSpans() {
			for _, scope := range resource.GetScopeSpans() {
				r.spans = append(r.spans, scope.GetSpans()...)
			}
		}
		w.Header().Set("Content-Type", "application/x-protobuf")
	}))
	t.Cleanup(r.Close)
	return r
}

// span returns the only span of a name.
func (r *receiver) span(t *testing.T, name string, kind tracepb.Span_SpanKind) *tracepb.Span {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	var found []*tracepb.Span
	for _, s := range r.spans {
		if s.GetName() == name && s.GetKind() == kind {
			found = append(found, s)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d spans %s", len(found), name)
	}
	return found[0]
}

func attributeOf(s *tracepb.Span, key string) string {
	for _, a := range s.GetAttributes() {
		if a.GetKey() == key {
			return a.GetValue().GetStringValue()
		}
	}
	return ""
}

// A command and the messages that it causes are one trace, within that of the caller; so are a message and its commit.
func TestTracesFollowARequest(t *testing.T) {
	c := newReceiver(t)
	r := serve(t, Config{OTLPEndpoint: c.URL + "/"})
	p := r.connect("CP-001", "ocpp1.6", login{})
	p.call("BootNotification", boot16)
	done := make(chan struct{})
	const caller = "0af7651916cd43dd8448eb211c80319c"
	go func() {
		defer close(done)
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+r.srv.APIAddr().String()+"/api/v1/stations/CP-001/commands",
			strings.NewReader(`{"action":"ClearCache"}`))
		if err != nil {
			t.Error(err)
			return
		}
		req.Header.Set("Authorization", "Bearer "+apiToken)
		req.Header.Set("Traceparent", "00-"+caller+"-b7ad6b7169203331-01")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Error(err)
			return
		}
		resp.Body.Close()
	}()
	p.serveCall("ClearCache", `{"status":"Accepted"}`)
	<-done
	if err := r.stop(); err != nil { // which sends what is left
		t.Fatal(err)
	}
	operation := c.span(t, "send-command", tracepb.Span_SPAN_KIND_SERVER)
	call := c.span(t, "ClearCache", tracepb.Span_SPAN_KIND_CLIENT)
	if hex.EncodeToString(call.GetTraceId()) != caller || string(call.GetParentSpanId()) != string(operation.GetSpanId()) {
		t.Errorf("the call is not part of the operation: %v of %v", call, operation)
	}
	for key, want := range map[string]string{"ocpp.station": "CP-001", "ocpp.version": "1.6", "ocpp.outcome": "answered"} {
		if got := attributeOf(call, key); got != want {
			t.Errorf("%s is %q", key, got)
		}
	}
	boot := c.span(t, "BootNotification", tracepb.Span_SPAN_KIND_SERVER)
	commit := c.span(t, "store.commit", tracepb.Span_SPAN_KIND_INTERNAL)
	if id := attributeOf(boot, "ocpp.message_id"); id != "BootNotification-2" || string(commit.GetParentSpanId()) != string(boot.GetSpanId()) {
		t.Errorf("message id %q; the commit %v is not part of %v", id, commit, boot)
	}
}

// A collector that is gone is told of in the log, and nothing else happens.
func TestACollectorThatIsGoneHarmsNothing(t *testing.T) {
	c := newReceiver(t)
	c.Close()
	r := serve(t, Config{OTLPEndpoint: c.URL})
	r.connect("CP-001", "ocpp1.6", login{}).call("BootNotification", boot16)
	if err := r.stop(); err != nil {
		t.Error(err)
	}
}

func TestAddressesOfCollectorsThatAreNone(t *testing.T) {
	for _, endpoint := range []string{"localhost:4318", "ftp://x", "http://", "http://a b"} {
		if srv, err := Open(t.Context(), Config{OTLPEndpoint: endpoint, OCPP: "127.0.0.1:0", HTTP: "127.0.0.1:0", Data: sqlitetest.Dir(t)}); err == nil {
			t.Errorf("%s was taken", endpoint)
			srv.closers.close()
		} else if !strings.Contains(err.Error(), "--otlp-endpoint") {
			t.Errorf("%s: %v", endpoint, err)
		}
	}
}
