package station_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/station"
)

type limits struct {
	Amps int `json:"amps"`
}

func TestDataTransferIsTypedInEveryVersion(t *testing.T) {
	for _, p := range allVersions() {
		t.Run(p.Version().String(), func(t *testing.T) {
			bubble(t, func(t *testing.T, f *fakeCSMS) {
				in, out := `{"amps":16}`, `{"amps":10}`
				if p.Version() == ocpp.V16 {
					in, out = `"{\"amps\":16}"`, `"{\"amps\":10}"`
				}
				var got received
				f.answer = got.reply
				got.answer = func(call, int) string { return `{"status":"Accepted","data":` + out + `}` }
				o := f.options()
				o.Protocols = []*ocpp.Protocol{p}
				c := f.client(o)
				station.HandleData(c, "acme", "limits", func(_ context.Context, l *limits) (*limits, error) {
					return &limits{l.Amps - 6}, nil
				})
				station.HandleData(c, "acme", "", func(context.Context, *limits) (*limits, error) {
					return nil, &station.DataError{Status: ocpp.DataTransferRejected}
				})
				f.run(c)
				ask := func(id, payload, want string) {
					t.Helper()
					f.last().SendText(`[2,"` + id + `","DataTransfer",` + payload + `]`)
					if got := <-f.last().answers; got != `"`+id+`" `+want {
						t.Errorf("got %s, want %s", got, want)
					}
				}
				ask("1", `{"vendorId":"acme","messageId":"limits","data":`+in+`}`, `{"status":"Accepted","data":`+out+`}`)
				ask("2", `{"vendorId":"acme"}`, `{"status":"Rejected"}`)
				ask("3", `{"vendorId":"acme","messageId":"x"}`, `{"status":"UnknownMessageId"}`)
				ask("4", `{"vendorId":"other"}`, `{"status":"UnknownVendorId"}`)

				resp, err := station.CallData[limits](t.Context(), c, "acme", "limits", limits{16})
				if err != nil || resp.Amps != 10 {
					t.Errorf("CallData: %v, %v", resp, err)
				}
				if sent := got.calls[0].payload; !strings.Contains(sent, `"data":`+in) {
					t.Errorf("sent %s", sent)
				}
				got.answer = func(call, int) string { return `{"status":"UnknownVendorId"}` }
				var status *station.DataError
				if _, err := station.CallData[limits](t.Context(), c, "acme", "limits", nil); !errors.As(err, &status) ||
					status.Status != ocpp.DataTransferUnknownVendorID || !status.FromPeer {
					t.Errorf("refused: %v", err)
				}
				f.lines()
			})
		})
	}
}
