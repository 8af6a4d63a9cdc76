package server

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const (
	begins2x = `{"eventType":"Started","timestamp":` + t0 + `,"triggerReason":"CablePluggedIn","seqNo":0,"transactionInfo":{"transactionId":"t1"},"evse":{"id":1}}`
	wantsAC  = `{"evseId":1,"chargingNeeds":{"requestedEnergyTransfer":"AC_three_phase","acChargingParameters":{"energyAmount":20000,"evMinCurrent":6,"evMaxCurrent":32,"evMaxVoltage":400}}}`
)

// limitOf returns the first limit of a SetChargingProfile.
func limitOf(t *testing.T, payload map[string]any) (unit string, limit any) {
	t.Helper()
	profile, _ := payload["chargingProfile"].(map[string]any)
	schedules, _ := profile["chargingSchedule"].([]any)
	if len(schedules) != 1 {
		t.Fatalf("no profile with one schedule: %v", payload)
	}
	schedule := schedules[0].(map[string]any)
	return schedule["chargingRateUnit"].(string), schedule["chargingSchedulePeriod"].([]any)[0].(map[string]any)["limit"]
}

// What the station has said of its EVSE and of itself counts: the power, the unit, and that it takes one period.
func TestVehiclesGetWhatTheEVSESupplies(t *testing.T) {
	r := serve(t, Config{})
	p := r.connect("CS", "ocpp2.0.1", login{})
	p.call("BootNotification", boot2x)
	p.call("NotifyReport", `{"requestId":1,"generatedAt":`+t0+`,"seqNo":0,"reportData":[
		{"component":{"name":"EVSE","evse":{"id":1}},"variable":{"name":"Power"},"variableAttribute":[{"value":"0"}],"variableCharacteristics":{"dataType":"decimal","unit":"kW","maxLimit":7.4,"supportsMonitoring":false}},
		{"component":{"name":"EVSE","evse":{"id":2}},"variable":{"name":"Power"},"variableAttribute":[{"value":"0"}],"variableCharacteristics":{"dataType":"decimal","unit":"W","maxLimit":1,"supportsMonitoring":false}},
		{"component":{"name":"SmartChargingCtrlr"},"variable":{"name":"RateUnit"},"variableAttribute":[{"value":"W"}]}]}`)
	p.call("TransactionEvent", begins2x)
	if got := p.call("NotifyEVChargingNeeds", wantsAC); got["status"] != "Accepted" {
		t.Fatal(got)
	}
	if unit, limit := limitOf(t, p.serveCall("SetChargingProfile", `{"status":"Accepted"}`)); unit != "W" || limit != 7400.0 {
		t.Errorf("%v %s", limit, unit)
	}
	r.eventually("the list has it", func() bool {
		list := r.items("/vehicle-plans")
		return len(list) == 1 && list[0]["station"] == "CS" && list[0]["transactionId"] == "t1" && list[0]["reason"] == "needs" && list[0]["outcome"] == "acknowledged" && list[0]["profileId"] == 1900030001.0
	})
	if list := r.items("/vehicle-plans?station=other"); len(list) != 0 {
		t.Errorf("vehicles elsewhere: %v", list)
	}
	p.call("TransactionEvent", `{"eventType":"Ended","timestamp":`+t0+`,"triggerReason":"EVDeparted","seqNo":1,"transactionInfo":{"transactionId":"t1"}}`)
	r.eventually("it is no longer there", func() bool { return len(r.items("/vehicle-plans")) == 0 })
}

// Profiles of a transaction are sent again when it goes on after a restart, once for each such event, and not to a station that
// keeps them.
func TestProfilesOfResumedTransactions(t *testing.T) {
	r := serve(t, Config{})
	p := r.connect("CS", "ocpp2.1", login{})
	p.call("BootNotification", boot2x)
	p.call("TransactionEvent", begins2x)
	r.do("CS", "limit", `{"amperes":10,"transaction":"t1","evse":1}`, http.StatusOK, func() { p.serveCall("SetChargingProfile", `{"status":"Accepted"}`) })
	resumed := func(seqNo int) {
		t.Helper()
		p.call("TransactionEvent", fmt.Sprintf(`{"eventType":"Updated","timestamp":%s,"triggerReason":"TxResumed","seqNo":%d,"transactionInfo":{"transactionId":"t1"},"evse":{"id":1}}`, t0, seqNo))
	}
	resumed(1)
	if unit, limit := limitOf(t, p.serveCall("SetChargingProfile", `{"status":"Accepted"}`)); unit != "A" || limit != 10.0 {
		t.Errorf("%v %s", limit, unit)
	}
	resumed(1) // the answer was lost
	resumed(2)
	p.serveCall("SetChargingProfile", `{"status":"Accepted"}`)
	p.call("NotifyReport", `{"requestId":1,"generatedAt":`+t0+`,"seqNo":0,"reportData":[
		{"component":{"name":"SmartChargingCtrlr"},"variable":{"name":"ChargingProfilePersistence","instance":"TxProfile"},"variableAttribute":[{"value":"true"}]}]}`)
	resumed(3)
	if list := r.items("/commands?station=CS"); len(list) != 2 {
		t.Errorf("%d commands: %v", len(list), list)
	}
}

// A store that cannot keep a promise has none made, and an event whose profiles cannot be queued is not answered.
func TestNothingIsPromisedThatIsNotKept(t *testing.T) {
	r := serve(t, Config{})
	p := r.connect("CS", "ocpp2.1", login{})
	p.call("BootNotification", boot2x)
	p.call("TransactionEvent", begins2x)
	r.do("CS", "limit", `{"amperes":10,"transaction":"t1","evse":1}`, http.StatusOK, func() { p.serveCall("SetChargingProfile", `{"status":"Accepted"}`) })
	if err := r.srv.store.Close(); err != nil {
		t.Fatal(err)
	}
	if err := p.SendText(`[2,"n","NotifyEVChargingNeeds",` + wantsAC + `]`); err != nil {
		t.Fatal(err)
	}
	if text, err := p.ReadText(); err != nil || !strings.HasPrefix(text, `[4,"n","InternalError"`) {
		t.Errorf("%s %v", text, err)
	}
	if err := p.SendText(`[2,"r","TransactionEvent",{"eventType":"Updated","timestamp":` + t0 + `,"triggerReason":"TxResumed","seqNo":1,"transactionInfo":{"transactionId":"t1"},"evse":{"id":1}}]`); err != nil {
		t.Fatal(err)
	}
	p.call("Heartbeat", `{}`) // its answer is the next one
}

func TestWhoMakesProfiles(t *testing.T) {
	if _, err := Open(t.Context(), Config{Needs: "somebody", Data: t.TempDir(), OCPP: "127.0.0.1:0", HTTP: "127.0.0.1:0"}); err == nil || !strings.Contains(err.Error(), `"somebody"`) {
		t.Errorf("%v", err)
	}
}

func TestVehiclesGetThreeProfilesAMinute(t *testing.T) {
	p := newPlans(nil, slog.New(slog.DiscardHandler), false)
	defer p.cancel()
	at, now := planPlace{"CS", 1}, time.Unix(1000, 0)
	for i, after := range []time.Duration{0, 20 * time.Second, 40 * time.Second} {
		if rest := p.rest(at, now.Add(after)); rest != 0 {
			t.Errorf("profile %d waits for %s", i, rest)
		}
	}
	if rest := p.rest(at, now.Add(50*time.Second)); rest != 10*time.Second {
		t.Errorf("the fourth one waits for %s", rest)
	}
	if rest := p.rest(planPlace{"CS", 2}, now.Add(50*time.Second)); rest != 0 {
		t.Errorf("one for another vehicle waits for %s", rest)
	}
	if rest := p.rest(at, now.Add(time.Minute)); rest != 0 {
		t.Errorf("after its time it waits for %s", rest)
	}
	if rest := p.rest(at, now.Add(61*time.Second)); rest != 19*time.Second {
		t.Errorf("the next one waits for %s", rest)
	}
	if p.over(at); p.rest(at, now.Add(61*time.Second)) != 0 {
		t.Error("a new vehicle waits")
	}
}

// The schedule of a vehicle waits until it is known what its station has said of the profile before, but not for ever.
func TestSchedulesWaitForAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlans(nil, slog.New(slog.DiscardHandler), false)
		defer p.cancel()
		took := func(ctx context.Context) time.Duration {
			begun := time.Now()
			p.landing(ctx, "CS")
			return time.Since(begun)
		}
		if d := took(t.Context()); d != 0 {
			t.Errorf("without a profile it waits %s", d)
		}
		p.takeOff("CS")
		p.takeOff("CS")
		time.AfterFunc(100*time.Millisecond, func() { p.land("CS") })
		time.AfterFunc(300*time.Millisecond, func() { p.land("CS") })
		if d := took(t.Context()); d != 300*time.Millisecond {
			t.Errorf("it waits %s", d)
		}
		p.takeOff("CS")
		if d := took(t.Context()); d != maxLanding {
			t.Errorf("for a station that says nothing it waits %s", d)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		if d := took(ctx); d != 10*time.Millisecond {
			t.Errorf("for a station that has gone it waits %s", d)
		}
	})
}
