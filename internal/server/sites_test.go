package server

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// garage is what stations have accepted, in amperes, whatever the server knows of it.
type garage struct {
	t     *testing.T
	limit float64

	mu       sync.Mutex
	accepted map[string]float64
	highest  float64
	modes    map[string]string // of stations: "" accept, refuse, silent
	asked    map[string]int
}

// sharer is a station of any version that takes shares as it is told to.
type sharer struct {
	*garage
	*peer
	id, subprotocol string
	done            chan struct{}
	answers         chan string // to its own calls
}

func newGarage(t *testing.T, limit float64) *garage {
	return &garage{t: t, limit: limit, accepted: map[string]float64{}, modes: map[string]string{}, asked: map[string]int{}}
}

// come connects a station, which boots and then takes what it is sent.
func (g *garage) come(r *rig, id, subprotocol string) *sharer {
	g.t.Helper()
	p, err := r.dial(id, subprotocol, login{})
	if err != nil {
		g.t.Fatal(err)
	}
	if err := p.Conn.SetDeadline(time.Now().Add(2 * time.Minute)); err != nil {
		g.t.Fatal(err)
	}
	s := &sharer{garage: g, peer: p, id: id, subprotocol: subprotocol, done: make(chan struct{}), answers: make(chan string, 10)}
	go s.serve()
	boot := boot2x
	if subprotocol == "ocpp1.6" {
		boot = boot16
	}
	s.say("BootNotification", boot)
	return s
}

// say sends a CALL and returns the answer.
func (s *sharer) say(action, payload string) string {
	s.garage.t.Helper()
	s.n++
	if err := s.SendText(fmt.Sprintf(`[2,"%s-%d",%q,%s]`, s.id, s.n, action, payload)); err != nil {
		s.garage.t.Fatal(err)
	}
	select {
	case answer := <-s.answers:
		return answer
	case <-time.After(patience):
		s.garage.t.Fatalf("%s: no answer to %s", s.id, action)
	}
	return ""
}

// serve reads until the connection ends.
func (s *sharer) serve() {
	defer close(s.done)
	for {
		text, err := s.ReadText()
		if err != nil {
			return
		}
		var frame []json.RawMessage
		if err := json.Unmarshal([]byte(text), &frame); err != nil || len(frame) < 3 {
			s.garage.t.Errorf("%s got %s", s.id, text)
			return
		}
		if string(frame[0]) != "2" {
			s.answers <- string(frame[2])
			continue
		}
		if answer := s.take(strings.Trim(string(frame[2]), `"`), frame[3]); answer != "" {
			if err := s.SendText(fmt.Sprintf(`[3,%s,{"status":%q}]`, frame[1], answer)); err != nil {
				return
			}
		}
	}
}

// take takes a request, and returns the status to answer; "" not at all.
func (s *sharer) take(action string, payload json.RawMessage) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked[s.id]++
	switch {
	case s.modes[s.id] == "silent":
		return ""
	case s.modes[s.id] == "refuse":
		return "Rejected"
	case action == "ClearChargingProfile":
		delete(s.accepted, s.id)
		return "Accepted"
	case action != "SetChargingProfile":
		return "Rejected"
	}
	share, err := shareIn(payload)
	if err != nil {
		s.garage.t.Errorf("%s got %s: %v", s.id, payload, err)
		return "Rejected"
	}
	s.accepted[s.id] = share
	sum := 0.0
	for _, share := range s.accepted {
		sum += share
	}
	s.highest = max(s.highest, sum)
	if sum > s.limit+0.001 {
		s.garage.t.Errorf("stations have accepted %.1f of %.1f together: %v", sum, s.limit, s.accepted)
	}
	return "Accepted"
}

// shareIn reads the limit of the first period of the profile of a site.
func shareIn(payload json.RawMessage) (float64, error) {
	type schedule struct {
		Unit    string `json:"chargingRateUnit"`
		Periods []struct{ Limit float64 }
		Period  []struct {
			Limit float64 `json:"limit"`
		} `json:"chargingSchedulePeriod"`
	}
	var p struct {
		EVSE, Connector int
		Profile16       *struct {
			Purpose  string   `json:"chargingProfilePurpose"`
			Schedule schedule `json:"chargingSchedule"`
		} `json:"csChargingProfiles"`
		Profile *struct {
			Purpose  string     `json:"chargingProfilePurpose"`
			Schedule []schedule `json:"chargingSchedule"`
		} `json:"chargingProfile"`
	}
	if err := json.Unmarshal(payload, &p); err != nil {
		return 0, err
	}
	switch {
	case p.Profile16 != nil && p.Profile16.Purpose == "ChargePointMaxProfile" && p.Profile16.Schedule.Unit == "A":
		return p.Profile16.Schedule.Period[0].Limit, nil
	case p.Profile != nil && p.Profile.Purpose == "ChargingStationMaxProfile" && p.Profile.Schedule[0].Unit == "A":
		return p.Profile.Schedule[0].Period[0].Limit, nil
	}
	return 0, fmt.Errorf("no profile of a station in amperes")
}

// leave ends the connection of a station.
func (s *sharer) leave(r *rig) {
	s.garage.t.Helper()
	s.Close()
	<-s.done
	r.eventually(s.id+" is gone", func() bool { _, online := r.srv.csms.Station(s.id); return !online })
}

// begin starts a transaction, and returns what ends it.
func (s *sharer) begin() (end func()) {
	s.garage.t.Helper()
	if s.subprotocol != "ocpp1.6" {
		event := func(kind, more string, seq int) {
			s.say("TransactionEvent", fmt.Sprintf(`{"eventType":%q,"timestamp":%s,"triggerReason":"Authorized","seqNo":%d,"transactionInfo":{"transactionId":"tx-%s"%s},"evse":{"id":1,"connectorId":1},%s}`,
				kind, t0, seq, s.id, more, token2x))
		}
		event("Started", "", 0)
		return func() { event("Ended", `,"stoppedReason":"Local"`, 1) }
	}
	answer := s.say("StartTransaction", fmt.Sprintf(`{"connectorId":1,"idTag":"CAFE","meterStart":0,"timestamp":"2026-05-01T10:00:%02dZ"}`, s.n))
	var got struct{ TransactionID int64 }
	if err := json.Unmarshal([]byte(answer), &got); err != nil {
		s.garage.t.Fatal(err)
	}
	return func() {
		s.say("StopTransaction", `{"transactionId":`+strconv.FormatInt(got.TransactionID, 10)+`,"meterStop":1,"timestamp":`+t1+`}`)
	}
}

func (g *garage) mode(id, mode string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.modes[id] = mode
}

// has waits until stations have accepted this, such as "A:20 B:20".
func (g *garage) has(r *rig, want string) {
	g.t.Helper()
	r.eventually("stations have accepted "+want, func() bool {
		g.mu.Lock()
		defer g.mu.Unlock()
		for part := range strings.FieldsSeq(want) {
			id, amount, _ := strings.Cut(part, ":")
			share, ok := g.accepted[id]
			if amount == "none" && !ok {
				continue
			}
			if n, err := strconv.ParseFloat(amount, 64); err != nil || !ok || share != n {
				return false
			}
		}
		return true
	})
}

func (r *rig) site(limit float64, more string, stations ...string) {
	r.t.Helper()
	r.api(http.MethodPost, "/sites", fmt.Sprintf(`{"id":"garage","unit":"A","limit":%g,"minimum":6%s}`, limit, more), http.StatusCreated)
	for _, id := range stations {
		r.api(http.MethodPut, "/sites/garage/members/"+id, `{"max":32}`, http.StatusOK)
	}
}

// Three stations of three versions share a limit; one goes, one refuses, and the server restarts in between. What they have
// accepted together is never above the limit: garage checks that at every acceptance.
func TestStationsOfASiteNeverTakeMoreThanItsLimit(t *testing.T) {
	data := t.TempDir()
	r := serve(t, Config{Data: data})
	g := newGarage(t, 40)
	a, b, c := g.come(r, "A", "ocpp1.6"), g.come(r, "B", "ocpp2.0.1"), g.come(r, "C", "ocpp2.1")
	r.site(40, "", "A", "B", "C")
	g.has(r, "A:0 B:0 C:0")
	endA := a.begin()
	g.has(r, "A:32 B:0 C:0")
	b.begin()
	g.has(r, "A:20 B:20 C:0")
	c.begin()
	g.has(r, "A:13.3 B:13.3 C:13.3")

	b.leave(r) // what it may take stays reserved
	endA()
	g.has(r, "A:0 B:13.3 C:26.7")
	g.mode("C", "refuse")
	a.begin()
	r.eventually("C has refused", func() bool {
		for _, m := range r.members() {
			if m["station"] == "C" && m["note"] != nil {
				return true
			}
		}
		return false
	})
	g.has(r, "A:0 B:13.3 C:26.7")

	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	<-a.done
	<-c.done
	g.mode("C", "")
	r = serve(t, Config{Data: data})
	g.come(r, "A", "ocpp1.6")
	g.come(r, "C", "ocpp2.1")
	g.has(r, "A:13.3 B:13.3 C:13.3")
	b = g.come(r, "B", "ocpp2.0.1")
	endB := func() {
		b.say("TransactionEvent", fmt.Sprintf(`{"eventType":"Ended","timestamp":%s,"triggerReason":"StopAuthorized","seqNo":1,"transactionInfo":{"transactionId":"tx-B","stoppedReason":"Local"},"evse":{"id":1,"connectorId":1},%s}`, t1, token2x))
	}
	endB()
	g.has(r, "A:20 B:0 C:20")
	if g.highest < 39.9 {
		t.Errorf("at most %.1f of the limit were used", g.highest)
	}
	checkAllocations(r)
	r.api(http.MethodDelete, "/sites/garage/members/A", "", http.StatusNoContent)
	g.has(r, "A:none B:0 C:32")
}

func (r *rig) members() (members []map[string]any) {
	r.t.Helper()
	for _, m := range r.api(http.MethodGet, "/sites/garage", "", http.StatusOK)["members"].([]any) {
		members = append(members, m.(map[string]any))
	}
	return members
}

// checkAllocations reads what is on record.
func checkAllocations(r *rig) {
	r.t.Helper()
	var outcomes map[string]int
	r.eventually("what became of all shares is on record", func() bool {
		outcomes = r.outcomes()
		return outcomes["sent"] == 0
	})
	for _, outcome := range []string{"kept", "waiting", "acknowledged", "refused"} {
		if outcomes[outcome] == 0 {
			r.t.Errorf("no share on record is %s: %v", outcome, outcomes)
		}
	}
}

func (r *rig) outcomes() map[string]int {
	r.t.Helper()
	outcomes := map[string]int{}
	for _, a := range r.items("/sites/garage/allocations?limit=1000") {
		if a["reason"] == "" || a["limit"] != 40.0 {
			r.t.Errorf("%v", a)
		}
		for _, s := range a["shares"].([]any) {
			outcomes[s.(map[string]any)["outcome"].(string)]++
		}
	}
	return outcomes
}

// A station that does not answer a lower share may still have the higher one: nobody else gets what it had. When it is back
// and answers, it goes on.
func TestAStationThatDoesNotAnswerKeepsItsShareReserved(t *testing.T) {
	r := serve(t, Config{})
	g := newGarage(t, 32)
	a, b := g.come(r, "A", "ocpp2.0.1"), g.come(r, "B", "ocpp1.6")
	r.site(32, `,"fallback":6,"fallbackAfter":900`, "A", "B")
	g.has(r, "A:6 B:6")
	a.begin()
	g.has(r, "A:26 B:6")
	g.mode("A", "silent")
	b.begin()
	r.eventually("A was asked in vain", func() bool {
		g.mu.Lock()
		defer g.mu.Unlock()
		return g.asked["A"] >= 3
	})
	a.leave(r)
	r.eventually("what A was sent is in doubt", func() bool { return r.members()[0]["note"] != nil })
	if m := r.members()[0]; m["reserved"] != 26.0 || m["acknowledged"] != 26.0 || m["pending"] != 16.0 {
		t.Errorf("%v", m)
	}
	g.mode("A", "")
	g.come(r, "A", "ocpp2.0.1")
	g.has(r, "A:16 B:16")
}

// Who clears the profile of a member takes its limit away: until it has a new one, it counts for what it can take.
func TestASharedLimitThatIsClearedIsSetAgain(t *testing.T) {
	r := serve(t, Config{})
	g := newGarage(t, 32)
	g.come(r, "A", "ocpp2.1").begin()
	r.site(32, "", "A")
	g.has(r, "A:32")
	before := len(r.items("/sites/garage/allocations"))
	r.api(http.MethodPost, "/stations/A/commands", `{"action":"ClearChargingProfile","payload":{"chargingProfileCriteria":{"chargingProfilePurpose":"TxProfile"}}}`, http.StatusOK)
	r.api(http.MethodPost, "/stations/A/commands", `{"action":"ClearChargingProfile","payload":{"chargingProfileCriteria":{"evseId":0}}}`, http.StatusOK)
	g.has(r, "A:32")
	r.eventually("it is on record", func() bool {
		list := r.items("/sites/garage/allocations")
		return len(list) > before && strings.Contains(fmt.Sprint(list), "profile cleared: A")
	})
	r.api(http.MethodPost, "/stations/A/limit", `{"amperes":10}`, http.StatusConflict)
}

// A limit that a station had before it was a member makes room for its share: it has the same purpose and stack level.
func TestALimitMakesRoomForAShare(t *testing.T) {
	r := serve(t, Config{})
	g := newGarage(t, 32)
	g.come(r, "A", "ocpp2.0.1").begin()
	r.api(http.MethodPost, "/stations/A/limit", `{"amperes":10}`, http.StatusOK)
	r.site(32, "", "A")
	g.has(r, "A:32")
	r.eventually("the share is all that is installed", func() bool {
		list := r.items("/stations/A/installed-profiles")
		return len(list) == 1 && list[0]["profileId"] == 1900020000.0
	})
}
