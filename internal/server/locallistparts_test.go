package server

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// listed is a SendLocalList in a few words: its version, its type, and the tokens of it, those that go with a minus.
func listedIn(asked map[string]any) string {
	version, update := asked["versionNumber"], asked["updateType"]
	if asked["listVersion"] != nil {
		version = asked["listVersion"]
	}
	var tokens []string
	list, _ := asked["localAuthorizationList"].([]any)
	for _, e := range list {
		entry := e.(map[string]any)
		value, info := entry["idTag"], entry["idTagInfo"]
		if token, ok := entry["idToken"].(map[string]any); ok {
			value, info = token["idToken"], entry["idTokenInfo"]
		}
		if info == nil {
			value = "-" + value.(string)
		}
		tokens = append(tokens, value.(string))
	}
	return fmt.Sprint(version, " ", update, " ", strings.Join(tokens, " "))
}

// serveList demands a message of a list, and answers it.
func (p *peer) serveList(want, status string) {
	p.t.Helper()
	if got := listedIn(p.serveCall("SendLocalList", `{"status":"`+status+`"}`)); got != want {
		p.t.Errorf("%s, want %s", got, want)
	}
}

// takesAtOnce has a station say how many tokens it takes in a message.
func (r *rig) takesAtOnce(p *peer, id, subprotocol, n string) {
	r.t.Helper()
	if subprotocol == "ocpp1.6" {
		r.asked(p, id, "GetConfiguration", `{}`, `{"configurationKey":[{"key":"SendLocalListMaxLength","readonly":true,"value":"`+n+`"}]}`)
		return
	}
	p.reports("ItemsPerMessage", `"variableAttribute":[{"value":"`+n+`"}]`)
}

// reports has a station say something about its local list.
func (p *peer) reports(variable, content string) {
	p.t.Helper()
	p.call("NotifyReport", `{"requestId":1,"generatedAt":`+t0+`,"seqNo":0,"reportData":[{"component":{"name":"LocalAuthListCtrlr"},"variable":{"name":"`+variable+`"},`+content+`}]}`)
}

// listOf demands what is known of the list of a station.
func (r *rig) listOf(id string, has map[string]any) {
	r.t.Helper()
	r.eventually(fmt.Sprintf("the list of %s is %v", id, has), func() bool {
		list := r.items("/local-lists?station=" + id)
		for name, value := range has {
			if len(list) != 1 || list[0][name] != value {
				return false
			}
		}
		return true
	})
}

var stationsOfAll = map[string]string{"ocpp1.6": "CP-16", "ocpp2.0.1": "CS-2", "ocpp2.1": "CS-3"}

// come connects a station that takes so many tokens at once.
func (r *rig) come(id, subprotocol, atOnce string) *peer {
	r.t.Helper()
	p := r.connect(id, subprotocol, login{})
	boot := boot2x
	if subprotocol == "ocpp1.6" {
		boot = boot16
	}
	p.call("BootNotification", boot)
	r.takesAtOnce(p, id, subprotocol, atOnce)
	return p
}

// A list with more tokens than a station takes at once goes in parts, each after the one before was accepted (D01.FR.03); until the last
// one the station is not said to have it.
func TestALargeListGoesInParts(t *testing.T) {
	r := serve(t, Config{})
	r.addTokens("AA", "BB", "CC", "DD", "EE")
	for subprotocol, id := range stationsOfAll {
		p := r.come(id, subprotocol, "2")
		got := r.do(id, "send-local-list", `{"update":"full"}`, http.StatusOK, func() {
			p.serveList("1 Full AA BB", "Accepted")
			r.listOf(id, map[string]any{"version": 1.0, "entries": 2.0, "upToDate": false, "partsTaken": 1.0, "partsTotal": 3.0})
			p.serveList("2 Differential CC DD", "Accepted")
			p.serveList("3 Differential EE", "Accepted")
		})
		want(t, got, map[string]any{"status": "accepted", "verb": "send-local-list"})
		r.listOf(id, map[string]any{"version": 3.0, "entries": 5.0, "upToDate": true, "partsTaken": nil})
		r.api(http.MethodDelete, "/tokens/BB", "", http.StatusNoContent)
		r.api(http.MethodPatch, "/tokens/CC", `{"status":"Blocked"}`, http.StatusOK)
		r.addTokens("FF")
		r.do(id, "send-local-list", `{"update":"differential"}`, http.StatusOK, func() {
			p.serveList("4 Differential CC -BB", "Accepted") // those that go make room
			r.listOf(id, map[string]any{"version": 4.0, "entries": nil, "upToDate": false, "partsTaken": 1.0, "partsTotal": 2.0})
			p.serveList("5 Differential FF", "Accepted")
		})
		r.listOf(id, map[string]any{"version": 5.0, "entries": 5.0, "upToDate": true})
		r.api(http.MethodPost, "/stations/"+id+"/send-local-list", `{"update":"differential"}`, http.StatusConflict) // nothing has changed
		r.eventually("nothing is left in memory", func() bool {
			r.srv.queue.mu.Lock()
			defer r.srv.queue.mu.Unlock()
			return len(r.srv.queue.plans) == 0
		})
		r.api(http.MethodDelete, "/tokens/FF", "", http.StatusNoContent) // as it was
		r.api(http.MethodPatch, "/tokens/CC", `{"status":"Accepted"}`, http.StatusOK)
		r.addTokens("BB")
	}
}

// Versions that are said are those after the last message.
func TestTheVersionThatIsSaidIsTheLastOne(t *testing.T) {
	r := serve(t, Config{})
	r.addTokens("AA", "BB", "CC")
	p := r.come("CS-2", "ocpp2.0.1", "2")
	r.api(http.MethodPost, "/stations/CS-2/send-local-list", `{"update":"full","listVersion":1}`, http.StatusConflict)
	r.do("CS-2", "send-local-list", `{"update":"full","listVersion":9}`, http.StatusOK, func() {
		p.serveList("8 Full AA BB", "Accepted")
		p.serveList("9 Differential CC", "Accepted")
	})
	three := `{"update":"differential","listVersion":%d,"tokens":[{"value":"X","type":"eMAID"},{"value":"Y","type":"eMAID"}],"remove":[{"value":"AA","type":"ISO14443"}]}`
	got := r.api(http.MethodPost, "/stations/CS-2/send-local-list", fmt.Sprintf(three, 10), http.StatusConflict)
	if detail := got["detail"].(string); !strings.Contains(detail, "2 messages") {
		t.Errorf("%v", got)
	}
	r.do("CS-2", "send-local-list", fmt.Sprintf(three, 12), http.StatusOK, func() {
		p.serveList("11 Differential X -AA", "Accepted")
		p.serveList("12 Differential Y", "Accepted")
	})
	r.listOf("CS-2", map[string]any{"version": 12.0, "entries": 4.0, "partsTaken": nil})
}

// A part that is not taken has the whole list begin again, a bounded number of times; then the command says which part it was. What
// somebody has changed by hand ends there.
func TestAPartThatIsNotTaken(t *testing.T) {
	r := serve(t, Config{})
	r.addTokens("AA", "BB", "CC")
	for subprotocol, id := range stationsOfAll {
		p := r.come(id, subprotocol, "2")
		r.do(id, "send-local-list", `{"update":"full"}`, http.StatusOK, func() {
			p.serveList("1 Full AA BB", "Accepted")
			p.serveList("2 Differential CC", "Failed")
			p.serveList("2 Full AA BB", "Accepted")
			p.serveList("3 Differential CC", "VersionMismatch")
			p.serveList("3 Full AA BB", "Accepted")
			p.serveList("4 Differential CC", "Accepted")
		})
		r.listOf(id, map[string]any{"version": 4.0, "entries": 3.0, "upToDate": true})
		r.do(id, "send-local-list", `{"update":"full"}`, http.StatusOK, func() {
			for i := range fleet.MaxListBegun + 1 {
				p.serveList(fmt.Sprint(5+i, " Full AA BB"), "Accepted")
				p.serveList(fmt.Sprint(6+i, " Differential CC"), "Failed")
			}
		})
		last := r.items("/commands?station=" + id)[0]
		want(t, last, map[string]any{"state": "answered", "status": "Failed", "part": 1.0, "parts": 2.0})
		if !strings.Contains(last["detail"].(string), "message 2 of 2") {
			t.Errorf("%v", last["detail"])
		}
		r.listOf(id, map[string]any{"version": 8.0, "entries": 2.0, "upToDate": false, "partsTaken": 1.0, "partsTotal": 2.0})
		got := r.do(id, "send-local-list", `{"update":"differential","tokens":[{"value":"X","type":"eMAID"},{"value":"Y","type":"eMAID"},{"value":"Z","type":"eMAID"}]}`, http.StatusOK, func() {
			p.serveList("9 Differential X Y", "Accepted")
			p.serveList("10 Differential Z", "Failed")
		})
		want(t, got, map[string]any{"status": "failed"})
		want(t, r.items("/commands?station=" + id)[0], map[string]any{"detail": "message 2 of 2: the station answered Failed"})
		if got := r.do(id, "send-local-list", `{"update":"full"}`, http.StatusOK, func() { p.serveList("10 Full AA BB", "Failed") }); got["status"] != "failed" {
			t.Errorf("a full list that was refused: %v", got)
		}
		p.call("Heartbeat", `{}`) // nothing follows
	}
}

// A part whose answer is lost, with the connection or with the server, has the whole list begin again: nobody knows what the station has.
func TestAListInPartsSurvives(t *testing.T) {
	dir := t.TempDir()
	r := serve(t, Config{Data: dir})
	r.addTokens("AA", "BB", "CC", "DD", "EE")
	p := r.come("CS-2", "ocpp2.0.1", "2")
	kept := r.api(http.MethodPost, "/stations/CS-2/send-local-list", `{"update":"full","expires":600}`, http.StatusAccepted)["id"].(string)
	p.serveList("1 Full AA BB", "Accepted")
	p.read() // and is gone
	p.Close()
	r.eventually("it is gone", func() bool { _, online := r.srv.csms.Station("CS-2"); return !online })
	r.becomes(kept, fleet.StateQueued)
	r.listOf("CS-2", map[string]any{"version": 1.0, "partsTaken": 1.0, "upToDate": false})
	p = r.connect("CS-2", "ocpp2.0.1", login{})
	p.serveList("2 Full AA BB", "Accepted")
	p.serveList("3 Differential CC DD", "Accepted")
	p.read()
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	r = serve(t, Config{Data: dir})
	r.listOf("CS-2", map[string]any{"version": 3.0, "partsTaken": 2.0, "partsTotal": 3.0, "upToDate": false})
	p = r.connect("CS-2", "ocpp2.0.1", login{})
	p.serveList("4 Full AA BB", "Accepted")
	p.serveList("5 Differential CC DD", "Accepted")
	p.serveList("6 Differential EE", "Accepted")
	want(t, r.becomes(kept, fleet.StateAnswered), map[string]any{"part": 3.0, "parts": 3.0, "status": "Accepted"})
	r.listOf("CS-2", map[string]any{"version": 6.0, "entries": 5.0, "upToDate": true})
}

// A part that waits for its turn when the server ends is no message of the next process, which begins again; and so it is when somebody
// else sends a list in between.
func TestAListInPartsThatSomebodyElseChanges(t *testing.T) {
	r := serve(t, Config{})
	r.addTokens("AA", "BB", "CC")
	p := r.come("CS-3", "ocpp2.1", "2")
	kept := r.api(http.MethodPost, "/stations/CS-3/send-local-list", `{"update":"full","expires":600,"lane":"bulk"}`, http.StatusAccepted)["id"].(string)
	frame := p.read()
	by := r.keep("CS-3", `{"action":"SendLocalList","payload":{"versionNumber":7,"updateType":"Differential"},"expires":60}`)
	if err := p.SendText(fmt.Sprintf(`[3,%q,{"status":"Accepted"}]`, frame[1])); err != nil {
		t.Fatal(err)
	}
	p.serveList("7 Differential ", "Accepted")
	p.serveList("8 Full AA BB", "Accepted")
	p.serveList("9 Differential CC", "Accepted")
	r.becomes(by, fleet.StateAnswered)
	r.becomes(kept, fleet.StateAnswered)
	r.listOf("CS-3", map[string]any{"version": 9.0, "entries": 3.0, "upToDate": true})
}

// Many stations get their lists in parts, as each of them takes it; a bulk command that is not kept says that it cannot.
func TestListsInPartsForMany(t *testing.T) {
	r := serve(t, Config{})
	r.addTokens("AA", "BB", "CC")
	peers := map[string]*peer{}
	for subprotocol, id := range stationsOfAll {
		peers[id] = r.come(id, subprotocol, "2")
	}
	order := `"verb":"send-local-list","arguments":{"update":"full"},"select":{"all":true}`
	got := r.api(http.MethodPost, "/commands", `{`+order+`}`, http.StatusOK)
	if failures := got["failures"].([]any); len(failures) != 3 || !strings.Contains(fmt.Sprint(failures), "2 messages") {
		t.Errorf("%v", got)
	}
	bulk := r.api(http.MethodPost, "/bulks", `{`+order+`,"expires":60}`, http.StatusAccepted)["id"].(string)
	for _, p := range peers {
		p.serveList("1 Full AA BB", "Accepted")
		p.serveList("2 Differential CC", "Accepted")
	}
	r.eventually("all have it", func() bool { return len(r.items("/local-lists?upToDate=true")) == 3 })
	r.eventually("it is done", func() bool { return r.api(http.MethodGet, "/bulks/"+bulk, "", http.StatusOK)["state"] == "done" })
}

// What a station says of bytes and of its room divides a list, or refuses it by name.
func TestAListIsDividedByBytes(t *testing.T) {
	r := serve(t, Config{})
	r.addTokens("AA", "BB", "CC")
	p := r.come("CS-2", "ocpp2.0.1", "9")
	p.reports("BytesPerMessage", `"variableAttribute":[{"value":"450"}]`)
	for _, want := range []string{"1 Full AA BB CC", "2 Full AA BB"} {
		r.do("CS-2", "send-local-list", `{"update":"full"}`, http.StatusOK, func() {
			p.serveList(want, "Accepted")
			if strings.Contains(want, "2") {
				p.serveList("3 Differential CC", "Accepted")
			}
		})
		p.reports("BytesPerMessage", `"variableAttribute":[{"value":"350"}]`)
	}
	refused := func(limit string) {
		t.Helper()
		got := r.api(http.MethodPost, "/stations/CS-2/send-local-list", `{"update":"full"}`, http.StatusUnprocessableEntity)
		if faults := fmt.Sprint(got["errors"]); !strings.Contains(faults, limit) || !strings.Contains(faults, "/tokens") {
			t.Errorf("%v, want %s", got, limit)
		}
	}
	p.reports("Entries", `"variableAttribute":[{"value":"0"}],"variableCharacteristics":{"dataType":"integer","maxLimit":2,"supportsMonitoring":false}`)
	refused("Entries")
	p.reports("Entries", `"variableAttribute":[{"value":"0"}],"variableCharacteristics":{"dataType":"integer","maxLimit":3,"supportsMonitoring":false}`)
	p.reports("BytesPerMessage", `"variableAttribute":[{"value":"100"}]`)
	refused("BytesPerMessage")
}

// No size of anything makes messages that are too large, and none is left out.
func TestDividedListsAreWithinTheirLimits(t *testing.T) {
	sizes := []int{50, 10, 90, 30, 30, 30, 60}
	for items := range 5 {
		for bytes := listOverhead + 91; bytes < listOverhead+400; bytes += 7 {
			limits := listLimits{items: listLimit{most: items}, bytes: listLimit{most: bytes}}
			ends, err := limits.divide(sizes)
			if err != nil || !slices.IsSorted(ends) || ends[len(ends)-1] != len(sizes) {
				t.Fatalf("%d items, %d bytes: %v %v", items, bytes, ends, err)
			}
			start := 0
			for _, end := range ends {
				n := listOverhead
				for _, size := range sizes[start:end] {
					n += size + 1
				}
				if n > bytes || items > 0 && end-start > items || end == start {
					t.Fatalf("%d items, %d bytes: %v", items, bytes, ends)
				}
				start = end
			}
		}
	}
	if ends, err := (listLimits{}).divide(nil); err != nil || !slices.Equal(ends, []int{0}) {
		t.Errorf("an empty list: %v %v", ends, err)
	}
}
