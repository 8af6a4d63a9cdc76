package coveragedoc

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chargeyard/chargeyard/internal/conformance"
)

// request is what conversations show of a request of the CSMS.
type request struct {
	verbs   map[string]bool                         // verbs of the API that become it
	shown   map[conformance.Outcome]map[string]bool // files of the scripts
	details map[conformance.Outcome]map[string]bool // statuses of answers, codes of CALLERRORs
}

func (c *coverage) request(action string) *request {
	if c.requests[action] == nil {
		c.requests[action] = &request{
			verbs: map[string]bool{}, shown: map[conformance.Outcome]map[string]bool{}, details: map[conformance.Outcome]map[string]bool{},
		}
	}
	return c.requests[action]
}

// readScripts notes what the scripts of internal/conformance show; its tests play them.
func (c *coverage) readScripts(t *testing.T) {
	t.Helper()
	files, err := conformance.ReadFiles("../conformance/testdata")
	if err != nil || len(files) == 0 {
		t.Fatal("no scripts", err)
	}
	for _, f := range files {
		for _, one := range f.Cases {
			if one.Version != c.version {
				continue
			}
			for _, s := range one.Shown() {
				r := c.request(s.Action)
				if r.shown[s.Outcome] == nil {
					r.shown[s.Outcome], r.details[s.Outcome] = map[string]bool{}, map[string]bool{}
				}
				r.shown[s.Outcome][f.Name] = true
				r.details[s.Outcome][s.Detail] = true
			}
		}
	}
}

// readVerbs notes which verbs become which requests; the tests of internal/adapter play them.
func (c *coverage) readVerbs(t *testing.T) {
	t.Helper()
	paths, err := filepath.Glob("../adapter/testdata/verbs-*.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		verb := ""
		for line := range strings.Lines(string(text)) {
			words := strings.Fields(line)
			switch {
			case len(words) < 2:
			case line[0] != ' ':
				verb = words[0]
			case words[0] == c.version.String() && words[1] != "-":
				c.request(words[1]).verbs[verb] = true
			}
		}
	}
}

// demanded are the outcomes that a conversation shows of every request.
var demanded = []conformance.Outcome{
	conformance.Answered, conformance.Refused, conformance.Timeout, conformance.Offline, conformance.WrongVersion, conformance.UnknownStation,
}

// refusing are the codes with which a conversation shows every request refused: what a station answers that has no such request,
// and one that does not offer it.
var refusing = []string{"NotImplemented", "NotSupported"}

// holesOfRequest are the outcomes that no conversation shows, and what is missing of where the answer is stored.
func (c *coverage) holesOfRequest(action string) (holes []string) {
	holes = c.holesOfAnswer(action)
	if !c.validated[action] {
		holes = append(holes, "the API sends it without looking at it")
	}
	for _, o := range demanded {
		if len(c.request(action).shown[o]) == 0 {
			holes = append(holes, "no conversation shows it "+string(o))
		}
	}
	for _, code := range refusing {
		if !c.request(action).details[conformance.Refused][code] {
			holes = append(holes, "no conversation shows it refused with "+code)
		}
	}
	return holes
}

// refusals says in which ways a request is shown not to be carried out: statuses of answers, codes, and the rest.
func (r *request) refusals() string {
	var list []string
	for status := range r.details[conformance.Answered] {
		if status != "" && status[0] != '$' && !done[status] {
			list = append(list, status)
		}
	}
	slices.Sort(list)
	for _, code := range slices.Sorted(maps.Keys(r.details[conformance.Refused])) {
		list = append(list, "CALLERROR "+code)
	}
	for _, o := range demanded[2:] {
		if len(r.shown[o]) > 0 {
			list = append(list, string(o))
		}
	}
	return strings.Join(list, ", ")
}

// done are the statuses of answers that do what was asked.
var done = map[string]bool{
	"Accepted": true, "Scheduled": true, "AcceptedCanceled": true, "Unlocked": true, "Unpublished": true, "RebootRequired": true,
}

func names(set map[string]bool) string { return strings.Join(slices.Sorted(maps.Keys(set)), ", ") }
