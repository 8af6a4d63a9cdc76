package coveragedoc

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/chargeyard/chargeyard/ocpp"
)

// boot is a BootNotification of each version.
func boot(v ocpp.Version) string {
	if v == ocpp.V16 {
		return `[2,"boot","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]`
	}
	return `[2,"boot","BootNotification",{"reason":"PowerUp","chargingStation":{"vendorName":"V","model":"M"}}]`
}

// playConversations plays the station's part to the real server and notes which tables each action changes.
func (c *coverage) playConversations(t *testing.T, y *yard) {
	for _, talk := range c.conversations(t) {
		id := "play-" + talk.name
		s := y.connect(id, c.version)
		s.say(boot(c.version))
		before, works := y.look(), true
		for _, line := range talk.lines {
			circumstance := strings.TrimPrefix(line, "! ")
			switch {
			case strings.HasPrefix(circumstance, "boots are "):
				y.api(http.MethodPatch, "/stations/"+id, fmt.Sprintf(`{"boot":%q}`, strings.TrimPrefix(circumstance, "boots are ")))
				before = y.look()
			case circumstance != line: // the store fails or works, and this one works
				works = circumstance == "the store works"
			case works && strings.HasPrefix(line, ">"):
				text := strings.TrimSpace(line[1:])
				s.say(text)
				after := y.look()
				asked, _ := parse(text)
				noteStored(c.stored, asked.action, before, after)
				before = after
			}
		}
		s.Close()
	}
}

// noteStored notes in which tables an action has changed something.
func noteStored(stored map[string]map[string]bool, action string, before, after map[string][32]byte) {
	if stored[action] == nil {
		stored[action] = map[string]bool{}
	}
	for table := range after {
		if after[table] != before[table] {
			stored[action][table] = true
		}
	}
}

// probe asks the real server which actions it handles, and the API which ones it looks at before it sends them.
func (c *coverage) probe(t *testing.T, y *yard) {
	t.Helper()
	id := "probe-" + c.version.Subprotocol()
	s := y.connect(id, c.version)
	s.say(boot(c.version))
	for i, action := range c.station {
		if c.sends[action] {
			c.unhandled[action] = len(c.tables(action)) == 0 // there is no answer that could tell
			continue
		}
		answer := s.say(fmt.Sprintf(`[2,"p%d",%q,{}]`, i, action))
		c.unhandled[action] = answer.action == "NotSupported" || answer.action == "NotImplemented"
	}
	for _, action := range c.csms {
		status, problem := y.api(http.MethodPost, "/stations/"+id+"/commands", fmt.Sprintf(`{"action":%q,"payload":{"nothingOfThisName":1}}`, action))
		c.validated[action] = status == http.StatusUnprocessableEntity && problem["errors"] != nil
	}
	s.Close()
}
