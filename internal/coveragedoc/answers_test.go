package coveragedoc

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/conformance"
)

// playAnswers plays a station to the real server that does whatever it is asked for, and notes which tables each answer
// changes. All is asked twice: only what there is can be changed or removed.
func (c *coverage) playAnswers(t *testing.T, y *yard) {
	t.Helper()
	rows, err := conformance.ReadTable("../conformance/testdata/tables/actions-" + c.version.String() + ".txt")
	if err != nil {
		t.Fatal(err)
	}
	id := c.player()
	s := y.connect(id, c.version)
	s.say(boot(c.version))
	for range 2 {
		for _, row := range rows {
			before := y.look()
			s.obey(id, row["action"], row["payload"], row["yes"])
			noteStored(c.answered, row["action"], before, y.look())
		}
	}
	s.Close()
}

// player is the station that answers everything.
func (c *coverage) player() string { return "answers-" + c.version.Subprotocol() }

// obey has the API ask for something, and the station answer.
func (s *station) obey(id, action, payload, answer string) {
	s.y.t.Helper()
	status := make(chan int, 1)
	go func() {
		got, _ := s.y.api(http.MethodPost, "/stations/"+id+"/commands", fmt.Sprintf(`{"action":%q,"payload":%s}`, action, payload))
		status <- got
	}()
	if err := s.Conn.SetDeadline(time.Now().Add(patience)); err != nil {
		s.y.t.Fatal(err)
	}
	text, err := s.ReadText()
	if err != nil {
		s.y.t.Fatalf("%s: %v", action, err)
	}
	asked, _ := parse(text)
	if asked.action != action {
		s.y.t.Fatalf("%s: the station got %s", action, text)
	}
	if err := s.SendText(fmt.Sprintf(`[3,%q,%s]`, asked.id, answer)); err != nil {
		s.y.t.Fatal(err)
	}
	if got := <-status; got != http.StatusOK {
		s.y.t.Fatalf("%s: the API answered %d", action, got)
	}
}

// brings are the messages of stations that tell what comes of a request, by its action. Where they are stored is found out like
// that of any other message.
var brings = map[string]string{
	"CustomerInformation":     "NotifyCustomerInformation",
	"GetBaseReport":           "NotifyReport",
	"GetChargingProfiles":     "ReportChargingProfiles",
	"GetDERControl":           "ReportDERControl",
	"GetDisplayMessages":      "NotifyDisplayMessages",
	"GetMonitoringReport":     "NotifyMonitoringReport",
	"GetReport":               "NotifyReport",
	"RemoteStartTransaction":  "StartTransaction",
	"RemoteStopTransaction":   "StopTransaction",
	"RequestBatterySwap":      "BatterySwap",
	"RequestStartTransaction": "TransactionEvent",
	"RequestStopTransaction":  "TransactionEvent",
	"UsePriorityCharging":     "NotifyPriorityCharging",
}

// leavesNothing says of which requests nothing is to be known afterwards beside that they were answered, which the command
// itself says: its state, its status, and its place in the list of commands.
var leavesNothing = map[string]string{
	"ClearCache":              "what is in the cache is known to the station alone, and it fills again with the next card",
	"CostUpdated":             "the answer is empty, and the cost was known here before",
	"NotifyWebPaymentStarted": "the answer is empty, and the payment is told by what follows from it: a remote start, or nothing",
}

// leaves says where the answer to a request is stored, and what comes of it.
func (c *coverage) leaves(action string) string {
	list := byName(c.answered[action])
	switch message := brings[action]; {
	case leavesNothing[action] != "":
		return "nothing to know: " + leavesNothing[action]
	case message != "" && len(list) == 0:
		return "by " + message + ": " + strings.Join(c.tables(message), ", ")
	case message != "":
		return strings.Join(list, ", ") + "; then " + message
	}
	return strings.Join(list, ", ")
}

// holesOfAnswer says what is missing of where the answer to a request is stored.
func (c *coverage) holesOfAnswer(action string) (holes []string) {
	stored, message := byName(c.answered[action]), brings[action]
	if message != "" && len(c.tables(message)) == 0 {
		holes = append(holes, message+" is said to tell what comes of it, and is stored nowhere")
	}
	switch reason := leavesNothing[action]; {
	case reason != "" && (len(stored) > 0 || message != ""):
		holes = append(holes, fmt.Sprintf("leaves something after all (%v %s), and a reason says why it does not: %s", stored, message, reason))
	case reason == "" && len(stored) == 0 && message == "":
		holes = append(holes, "the answer is stored nowhere by name, and no reason says why")
	}
	return holes
}
