package csms_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
)

type level struct {
	Percent int `json:"percent"`
}

func TestHandleDataDecodesInEveryVersion(t *testing.T) {
	for _, c := range []struct {
		version       ocpp.Version
		data, message string // sent
		want          string // answered
	}{
		{ocpp.V16, `"{\"percent\":40}"`, "level", `{"status":"Accepted","data":"{\"percent\":41}"}`},
		{ocpp.V201, `{"percent":40}`, "level", `{"status":"Accepted","data":{"percent":41}}`},
		{ocpp.V21, `"{\"percent\":40}"`, "level", `{"status":"Accepted","data":{"percent":41}}`},
		{ocpp.V16, `"plain text"`, "text", `{"status":"Accepted","data":"plain text"}`},
		{ocpp.V21, `"plain text"`, "text", `{"status":"Accepted","data":"plain text"}`},
		{ocpp.V16, `"x"`, "status", `{"status":"Rejected","data":"\"why\""}`},
		{ocpp.V201, `"x"`, "silent", `{"status":"Accepted"}`},
	} {
		t.Run(c.version.String()+" "+c.message, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				y := open(t, csms.Options{})
				csms.HandleData(y.srv, "acme", "level", func(_ context.Context, _ *csms.Station, l *level) (*level, error) {
					return &level{l.Percent + 1}, nil
				})
				csms.HandleData(y.srv, "acme", "text", func(_ context.Context, _ *csms.Station, s *string) (*string, error) {
					return s, nil
				})
				csms.HandleData(y.srv, "acme", "status", func(context.Context, *csms.Station, *string) (*string, error) {
					return nil, fmt.Errorf("no: %w", &csms.DataError{Status: ocpp.DataTransferRejected, Data: json.RawMessage(`"\"why\""`)})
				})
				csms.HandleData(y.srv, "acme", "silent", func(context.Context, *csms.Station, *string) (*string, error) {
					return nil, nil
				})
				p := y.dial("CS-1", c.version)
				send(t, p, `[2,"1","DataTransfer",{"vendorId":"acme","messageId":"`+c.message+`","data":`+c.data+`}]`)
				expect(t, p, `[3,"1",`+c.want+`]`)
			})
		})
	}
}

func TestHandleDataRefusesWhatItDoesNotKnow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := open(t, csms.Options{})
		p := y.dial("CS-1", ocpp.V16)
		send(t, p, `[2,"0","DataTransfer",{"vendorId":"acme"}]`)
		expectError(t, p, "0", "NotSupported")
		csms.HandleData(y.srv, "acme", "level", func(_ context.Context, _ *csms.Station, l *level) (*level, error) { return l, nil })
		csms.HandleData(y.srv, "acme", "fails", func(context.Context, *csms.Station, *level) (*level, error) {
			return nil, ocpp.Errorf(ocpp.GenericError, "no")
		})
		for i, c := range []struct{ payload, want string }{
			{`{"vendorId":"acme","messageId":"other"}`, `{"status":"UnknownMessageId"}`},
			{`{"vendorId":"acme"}`, `{"status":"UnknownMessageId"}`},
			{`{"vendorId":"other","messageId":"level"}`, `{"status":"UnknownVendorId"}`},
		} {
			send(t, p, fmt.Sprintf(`[2,"a%d","DataTransfer",%s]`, i, c.payload))
			expect(t, p, fmt.Sprintf(`[3,"a%d",%s]`, i, c.want))
		}
		send(t, p, `[2,"1","DataTransfer",{"vendorId":"acme","messageId":"level","data":"{\"percent\":\"secret\"}"}]`)
		text := read(t, p)
		if !strings.HasPrefix(text, `[4,"1","TypeConstraintViolation",`) || strings.Contains(text, "secret") {
			t.Errorf("data of the wrong type: %s", text)
		}
		send(t, p, `[2,"2","DataTransfer",{"vendorId":"acme","messageId":"fails"}]`)
		expectError(t, p, "2", "GenericError")
	})
}

func TestHandleDataLeavesTheRestToTheHandlerOfTheAction(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := open(t, csms.Options{})
		csms.HandleData(y.srv, "acme", "", func(context.Context, *csms.Station, *string) (*string, error) { return nil, nil })
		csms.Handle(y.srv, func(context.Context, *csms.Station, *ocpp16.DataTransferRequest) (*ocpp16.DataTransferResponse, error) {
			return &ocpp16.DataTransferResponse{Status: ocpp16.DataTransferStatusRejected}, nil
		})
		p := y.dial("CS-1", ocpp.V16)
		send(t, p, `[2,"1","DataTransfer",{"vendorId":"acme"}]`)
		expect(t, p, `[3,"1",{"status":"Accepted"}]`)
		send(t, p, `[2,"2","DataTransfer",{"vendorId":"acme","messageId":"m"}]`)
		expect(t, p, `[3,"2",{"status":"Rejected"}]`)
	})
}

func TestCallDataInEveryVersion(t *testing.T) {
	for _, c := range []struct {
		version      ocpp.Version
		sent, answer string
	}{
		{ocpp.V16, `"{\"percent\":1}"`, `"{\"percent\":2}"`},
		{ocpp.V201, `{"percent":1}`, `{"percent":2}`},
		{ocpp.V21, `{"percent":1}`, `"{\"percent\":2}"`},
	} {
		synctest.Test(t, func(t *testing.T) {
			y := open(t, csms.Options{})
			p := y.dial("CS-1", c.version)
			st := y.station("CS-1")
			done := make(chan result[level], 1)
			transfer := func() {
				l, err := csms.CallData[level](context.Background(), st, "acme", "level", level{1})
				done <- result[level]{l, err}
			}
			go transfer()
			id, payload := readCall(t, p, "DataTransfer")
			if !strings.Contains(payload, `"data":`+c.sent) || !strings.Contains(payload, `"messageId":"level"`) {
				t.Errorf("sent %s", payload)
			}
			send(t, p, `[3,"`+id+`",{"status":"Accepted","data":`+c.answer+`}]`)
			if r := <-done; r.err != nil || r.resp.Percent != 2 {
				t.Errorf("got %v, %v", r.resp, r.err)
			}
			go transfer()
			id, _ = readCall(t, p, "DataTransfer")
			send(t, p, `[3,"`+id+`",{"status":"UnknownVendorId"}]`)
			var status *csms.DataError
			if r := <-done; !errors.As(r.err, &status) || status.Status != ocpp.DataTransferUnknownVendorID || !status.FromPeer ||
				!ocpp.SafeToRetry(r.err) {
				t.Errorf("got %v", r.err)
			}
		})
	}
}
