package server

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocpp201"
)

// Only what certainly has not arrived, or was refused, gives the room of a share free; a station that is silent may have it.
func TestWhatBecomesOfAShare(t *testing.T) {
	answered := func(status string) fleet.Command {
		return fleet.Command{State: fleet.StateAnswered, Response: json.RawMessage(`{"status":"` + status + `"}`)}
	}
	for name, c := range map[string]struct {
		command fleet.Command
		want    fleet.ShareOutcome
		pause   time.Duration
	}{
		"accepted":           {answered("Accepted"), fleet.ShareAcknowledged, 0},
		"rejected":           {answered("Rejected"), fleet.ShareRefused, refusedPause},
		"not supported":      {answered("NotSupported"), fleet.ShareRefused, refusedPause},
		"no status":          {fleet.Command{State: fleet.StateAnswered, Response: json.RawMessage(`{}`)}, fleet.ShareUnknown, silentPause},
		"a CALLERROR":        {fleet.Command{State: fleet.StateRefused, ErrorCode: "NotImplemented"}, fleet.ShareRefused, refusedPause},
		"no turn in time":    {fleet.Command{State: fleet.StateExpired}, fleet.ShareUndelivered, silentPause},
		"canceled":           {fleet.Command{State: fleet.StateCanceled}, fleet.ShareUndelivered, silentPause},
		"not to be asked":    {fleet.Command{State: fleet.StateInvalid}, fleet.ShareUndelivered, silentPause},
		"no answer":          {fleet.Command{State: fleet.StateTimeout}, fleet.ShareUnknown, silentPause},
		"the connection end": {fleet.Command{State: fleet.StateUnknown}, fleet.ShareUnknown, 0},
	} {
		if got, _, pause := shareOutcome(c.command); got != c.want || pause != c.pause {
			t.Errorf("%s: %s, and it is left alone for %v; want %s, %v", name, got, pause, c.want, c.pause)
		}
	}
}

func TestWhichRequestsClearAShare(t *testing.T) {
	id, other := ocpp.Some(int(fleet.GrantID)), ocpp.Some(5)
	accepted := &ocpp201.ClearChargingProfileResponse{Status: "Accepted"}
	for name, c := range map[string]struct {
		req, resp any
		want      bool
	}{
		"by its id":         {&ocpp201.ClearChargingProfileRequest{ChargingProfileID: id}, accepted, true},
		"by its id in 1.6":  {&ocpp16.ClearChargingProfileRequest{ID: id}, accepted, true},
		"another one":       {&ocpp201.ClearChargingProfileRequest{ChargingProfileID: other}, accepted, false},
		"another in 1.6":    {&ocpp16.ClearChargingProfileRequest{ID: other}, accepted, false},
		"all":               {&ocpp201.ClearChargingProfileRequest{}, accepted, true},
		"not accepted":      {&ocpp201.ClearChargingProfileRequest{}, &ocpp201.ClearChargingProfileResponse{Status: "Unknown"}, false},
		"the purpose":       {map[string]any{"chargingProfileCriteria": map[string]any{"chargingProfilePurpose": "ChargingStationMaxProfile"}}, accepted, true},
		"in 1.6":            {map[string]any{"chargingProfilePurpose": "ChargePointMaxProfile", "connectorId": 0}, accepted, true},
		"another purpose":   {map[string]any{"chargingProfileCriteria": map[string]any{"chargingProfilePurpose": "TxProfile"}}, accepted, false},
		"those of an EVSE":  {map[string]any{"chargingProfileCriteria": map[string]any{"evseId": 1}}, accepted, false},
		"of a connector":    {map[string]any{"connectorId": 2}, accepted, false},
		"of the whole EVSE": {map[string]any{"chargingProfileCriteria": map[string]any{"evseId": 0}}, accepted, true},
	} {
		if got := clearsShare(c.req, c.resp); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// The answer to a share that the station has lost meanwhile, or to one of an earlier membership, says nothing about this one.
func TestAnAnswerToAnotherShareChangesNothing(t *testing.T) {
	r := serve(t, Config{})
	r.api(http.MethodPost, "/stations", `{"id":"A","securityProfile":0}`, http.StatusCreated)
	r.site(32, "", "A")
	before := fmt.Sprint(r.members())
	for _, outcome := range []fleet.ShareOutcome{fleet.ShareAcknowledged, fleet.ShareRefused, fleet.ShareUnknown} {
		if !r.srv.sites.keep(sending{site: "garage", station: "A", key: "an old one"}, outcome, "late") {
			t.Errorf("%s is tried again", outcome)
		}
	}
	if got := fmt.Sprint(r.members()); got != before {
		t.Errorf("%s became %s", before, got)
	}
}

// A station that refuses is left alone until it connects anew, or somebody changes the site.
func TestAStationThatRefusesIsLeftAloneForAWhile(t *testing.T) {
	r := serve(t, Config{})
	g := newGarage(t, 40)
	a, b := g.come(r, "A", "ocpp2.0.1"), g.come(r, "B", "ocpp1.6")
	r.site(40, "", "A", "B")
	g.has(r, "A:0 B:0")
	leftAlone := func() {
		r.eventually("A is left alone", func() bool {
			shares := r.items("/sites/garage/allocations?limit=1")[0]["shares"].([]any)
			return shares[0].(map[string]any)["detail"] == fleet.WaitHeld
		})
	}
	g.mode("A", "refuse")
	a.begin()
	leftAlone()
	b.begin()
	g.has(r, "A:0 B:32")
	leftAlone()

	a.leave(r)
	g.mode("A", "")
	a = g.come(r, "A", "ocpp2.0.1")
	g.has(r, "A:20 B:20")

	g.mode("A", "refuse")
	a.say("TransactionEvent", fmt.Sprintf(`{"eventType":"Ended","timestamp":%s,"triggerReason":"StopAuthorized","seqNo":1,"transactionInfo":{"transactionId":"tx-A","stoppedReason":"Local"},"evse":{"id":1,"connectorId":1},%s}`, t1, token2x))
	leftAlone()
	g.mode("A", "")
	r.api(http.MethodPut, "/sites/garage", `{"unit":"A","limit":40,"minimum":8}`, http.StatusOK)
	g.has(r, "A:0 B:32")
}

// A limit by the week holds two minutes before its time: stations have to acknowledge less first.
func TestALowerLimitIsSharedBeforeItsTime(t *testing.T) {
	r := serve(t, Config{})
	g := newGarage(t, 40)
	g.come(r, "A", "ocpp2.1").begin()
	soon := time.Now().UTC().Add(90 * time.Second)
	r.site(40, fmt.Sprintf(`,"times":[{"days":["Mon","Tue","Wed","Thu","Fri","Sat","Sun"],"from":%q,"to":%q,"limit":10}]`,
		soon.Format("15:04"), soon.Add(3*time.Hour).Format("15:04")), "A")
	g.has(r, "A:10")
}

// What a server had under way when it ended is settled by the next one, also when the station does not come.
func TestAShareThatWasUnderWayIsSettledByTheNextProcess(t *testing.T) {
	data := t.TempDir()
	r := serve(t, Config{Data: data})
	g := newGarage(t, 40)
	a := g.come(r, "A", "ocpp2.0.1")
	g.mode("A", "silent")
	r.site(40, "", "A")
	r.eventually("A was asked", func() bool {
		g.mu.Lock()
		defer g.mu.Unlock()
		return g.asked["A"] > 0
	})
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	<-a.done
	r = serve(t, Config{Data: data})
	r.eventually("what became of it is on record", func() bool {
		outcomes := r.outcomes()
		return outcomes["sent"] == 0 && outcomes["unknown"] == 1
	})
}
