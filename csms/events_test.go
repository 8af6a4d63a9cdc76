package csms_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp21"
)

func TestR11R12R14R20ProtocolEventsTellWhatWasToleratedDroppedOrRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var j journal
		y := open(t, csms.Options{
			CallTimeout: time.Second, PingInterval: -1,
			OnProtocolEvent: func(st *csms.Station, e csms.ProtocolEvent) {
				j.note("%s: %s %s %q %v %v", st.Identity(), e.Kind, e.Action, e.MessageID, e.Late, e.Violation)
			},
		})
		heartbeats(y.srv)
		csms.HandleData(y.srv, "v", "", func(context.Context, *csms.Station, *string) (*string, error) { return nil, nil })
		p := y.dial("CS-1", ocpp.V21)
		if _, err := csms.Call(t.Context(), y.station("CS-1"), &ocpp21.ClearCacheRequest{}); err == nil {
			t.Fatal("answered")
		}
		late, _ := readCall(t, p, "ClearCache")
		for _, message := range []string{
			`[9,"1","Heartbeat",{}]`,
			`[2,"2","Nothing",{}]`,
			`[3,"` + late + `",{"status":"Accepted"}]`,
			`[3,"stranger",{}]`,
			`[2,"3","DataTransfer",{"vendorId":"v","more":1}]`,
			`[2,"3","DataTransfer",{"vendorId":"v","more":1}]`,
			`[5,"3","FormatViolation","no",{}]`,
		} {
			send(t, p, message)
			synctest.Wait()
		}
		got := j.all()
		for i := range got {
			got[i] = strings.ReplaceAll(got[i], late, "late")
		}
		slices.Sort(got)
		want := []string{
			`CS-1: refused  "2" false `,
			`CS-1: repeated DataTransfer "3" false `,
			`CS-1: result refused DataTransfer "3" false `,
			`CS-1: tolerated DataTransfer "3" false /more: is not a known property`,
			`CS-1: unknown type  "" false `,
			`CS-1: unmatched answer  "late" true `,
			`CS-1: unmatched answer  "stranger" false `,
		}
		if !slices.Equal(got, want) {
			t.Errorf("told\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		if name := fmt.Sprint(csms.EventKind(99)); name != "" {
			t.Errorf("kind 99 is %q", name)
		}
	})
}
