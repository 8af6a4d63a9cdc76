package server

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chargeyard/chargeyard/internal/store/sqlitetest"
)

// What the operator named is taken, and all of it can be read by its names.
func TestDataOfVendorsIsKept(t *testing.T) {
	r := serve(t, Config{DataVendors: []string{"org.known", "org.half/one"}})
	for _, subprotocol := range []string{"ocpp1.6", "ocpp2.0.1", "ocpp2.1"} {
		id := "CP-" + subprotocol
		p := r.connect(id, subprotocol, login{})
		for _, c := range [][3]string{
			{"org.known", "any", "Accepted"}, {"ORG.KNOWN", "", "Accepted"}, {"org.half", "one", "Accepted"},
			{"org.half", "two", "UnknownMessageId"}, {"org.stranger", "any", "UnknownVendorId"},
		} {
			body := `{"vendorId":"` + c[0] + `","data":"x"}`
			if c[1] != "" {
				body = `{"vendorId":"` + c[0] + `","messageId":"` + c[1] + `","data":"x"}`
			}
			if got := p.call("DataTransfer", body); got["status"] != c[2] {
				t.Errorf("%s: %v", body, got)
			}
			want(t, r.items("/stations/" + id + "/data-transfers")[0], map[string]any{"vendorId": c[0], "data": "x", "answer": c[2]})
		}
		if n := len(r.api(http.MethodGet, "/stations/"+id+"/data-transfers?latest=true", "", http.StatusOK)["items"].([]any)); n != 5 {
			t.Errorf("%d kinds of messages", n)
		}
	}
}

func TestBadVendorsOfDataAreRefused(t *testing.T) {
	for _, list := range [][]string{{""}, {"/x"}, {"a/"}, {"a", "A"}, {"a/b", "A/B"}} {
		_, err := Open(t.Context(), Config{OCPP: "127.0.0.1:0", HTTP: "127.0.0.1:0", Data: sqlitetest.Dir(t), DataVendors: list})
		if err == nil || !strings.Contains(err.Error(), "vendor of data") {
			t.Errorf("%q: %v", list, err)
		}
	}
}
