package ocpptest_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"path/filepath"
	"testing"
	"testing/synctest"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocpp201"
	"github.com/chargeyard/chargeyard/ocpp21"
	"github.com/chargeyard/chargeyard/ocpptest"
	"github.com/chargeyard/chargeyard/station"
)

// TestScriptsAgainstAStation plays the conversations of package ocppj that test a station against a whole one, behind
// a WebSocket.
func TestScriptsAgainstAStation(t *testing.T) {
	files, err := filepath.Glob("../ocppj/testdata/conversations/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	played := 0
	for _, file := range files {
		script, err := ocpptest.ReadScript(file)
		if err != nil {
			t.Fatal(err)
		}
		if script.Tests&ocpp.StationEnd == 0 {
			continue
		}
		played++
		t.Run(filepath.Base(file), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { converse(t, script) })
		})
	}
	if played < 6 {
		t.Errorf("only %d conversations test a station", played)
	}
}

func converse(t *testing.T, script *ocpptest.Script) {
	peers := make(chan *ocpptest.Peer, 1)
	web := ocpptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p, err := ocpptest.AcceptPeer(w, r, script.Version.Subprotocol())
		if err != nil {
			t.Error(err)
			return
		}
		peers <- p
	}))
	defer web.Close()
	c, err := station.New(station.Options{
		Identity: "CS1", URL: web.URL, Protocols: []*ocpp.Protocol{ocpp16.Protocol, ocpp201.Protocol, ocpp21.Protocol},
		PingInterval: -1, DialContext: web.Listener.DialContext, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	answers := script.Answers(ocpp.StationEnd)
	answer[*ocpp16.ClearCacheRequest](c, answers)
	answer[*ocpp16.GetConfigurationRequest](c, answers)
	answer[*ocpp16.ResetRequest](c, answers)
	answer[*ocpp201.ClearCacheRequest](c, answers)
	answer[*ocpp201.GetVariablesRequest](c, answers)
	answer[*ocpp201.ResetRequest](c, answers)
	answer[*ocpp21.ClearCacheRequest](c, answers)
	answer[*ocpp21.GetVariablesRequest](c, answers)
	answer[*ocpp21.ResetRequest](c, answers)
	if _, err := c.Dial(t.Context()); err != nil {
		t.Fatal(err)
	}
	p := <-peers
	err = script.Run(ocpp.CSMSEnd, p, func(m ocpptest.Message) {
		go func() {
			if m.Type == 6 {
				info, _ := protocolOf(script.Version).Action(m.Action)
				msg := info.NewRequest()
				if err := json.Unmarshal(m.Payload, msg); err != nil {
					t.Error(err)
				}
				station.Send(context.Background(), c, msg.(ocpp.Send)) // what it says is looked at
				return
			}
			_, err := c.Invoke(context.Background(), m.Action, m.Payload)
			t.Logf("%s: %v", m.Action, err) // the errors have tests of their own
		}()
	})
	if err != nil {
		t.Error(err)
	}
	p.Close()
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	synctest.Wait() // for the logs
}

func protocolOf(v ocpp.Version) *ocpp.Protocol {
	return map[ocpp.Version]*ocpp.Protocol{
		ocpp.V16: ocpp16.Protocol, ocpp.V201: ocpp201.Protocol, ocpp.V21: ocpp21.Protocol,
	}[v]
}

// answer has the station answer an action as the script says, if it does.
func answer[Q ocpp.CSMSRequest[R], R any](c *station.Client, answers map[string][]json.RawMessage) {
	var q Q
	list := answers[q.OCPPAction().Name]
	if list == nil {
		return
	}
	station.Handle(c, func(context.Context, Q) (*R, error) {
		resp := new(R)
		err := json.Unmarshal(list[0], resp)
		if len(list) > 1 {
			list = list[1:]
		}
		return resp, err
	})
}
