package httpapi_test

import (
	"net/http"
	"os"
	"testing"

	"github.com/chargeyard/chargeyard/internal/httpapi"
)

func TestTheRuntimeFiguresAreThoseOfTheProcess(t *testing.T) {
	r := newRig(t, func(o *httpapi.Options) {
		o.Counts = func() httpapi.Counts { return httpapi.Counts{Stations: 3, Handshakes: 2} }
	})
	before := r.do(http.MethodGet, "/api/v1/debug/runtime?gc=true", "", http.StatusOK)
	if err := schemas(t, r)("Runtime").Validate(before); err != nil {
		t.Error(err)
	}
	for _, field := range []string{"goroutines", "heapBytes", "stackBytes", "runtimeBytes", "gcCycles"} {
		if n, ok := before[field].(float64); !ok || n <= 0 {
			t.Errorf("%s is %v", field, before[field])
		}
	}
	if before["stations"] != 3.0 || before["handshakes"] != 2.0 {
		t.Errorf("counts: %v", before)
	}
	f, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	release := make(chan struct{})
	defer close(release)
	go func() { <-release }()
	after := r.do(http.MethodGet, "/api/v1/debug/runtime", "", http.StatusOK)
	if after["goroutines"].(float64) != before["goroutines"].(float64)+1 {
		t.Errorf("goroutines: %v, then %v with one more", before["goroutines"], after["goroutines"])
	}
	if n, ok := before["descriptors"].(float64); ok && after["descriptors"].(float64) != n+1 {
		t.Errorf("descriptors: %v, then %v with one more", n, after["descriptors"])
	}
	req, _ := http.NewRequest(http.MethodGet, "/api/v1/debug/runtime", nil)
	r.send(req, http.StatusUnauthorized)
}
