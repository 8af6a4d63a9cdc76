package coveragedoc

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// conversation is a file of testdata, see internal/adapter.
type conversation struct {
	name  string // without the folder and the extension
	lines []string
}

// conversations returns those of one version.
func (c *coverage) conversations(t *testing.T) []conversation {
	t.Helper()
	paths, err := filepath.Glob("../adapter/testdata/" + c.version.Subprotocol() + "*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatal("no conversations", err)
	}
	var list []conversation
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, conversation{strings.TrimSuffix(filepath.Base(path), ".txt"), strings.Split(string(content), "\n")})
	}
	return list
}

// frame is a message of OCPP-J as far as this table needs it.
type frame struct {
	kind       float64
	id, action string // action: the code in a CALLERROR
}

func parse(line string) (f frame, ok bool) {
	var list []any
	if json.Unmarshal([]byte(line), &list) != nil || len(list) < 3 {
		return f, false
	}
	f.kind, _ = list[0].(float64)
	f.id, _ = list[1].(string)
	f.action, _ = list[2].(string)
	return f, true
}

// readConversations notes which conversation shows which action how.
func (c *coverage) readConversations(t *testing.T) {
	for _, talk := range c.conversations(t) {
		asked, stored := frame{}, false
		for _, line := range talk.lines {
			switch {
			case strings.HasPrefix(line, ">"):
				c.noteSend(asked, stored, talk.name)
				asked, _ = parse(strings.TrimSpace(line[1:]))
				stored = false
			case strings.HasPrefix(line, "="):
				stored = true
			case strings.HasPrefix(line, "<"):
				if answer, ok := parse(strings.TrimSpace(line[1:])); ok && answer.id == asked.id {
					c.note(asked.action, outcomeOf(answer), talk.name)
				}
			}
		}
		c.noteSend(asked, stored, talk.name)
	}
}

// noteSend notes a message that has no answer when something came of it.
func (c *coverage) noteSend(asked frame, stored bool, name string) {
	if asked.kind == 6 && stored {
		c.note(asked.action, taken, name)
	}
}

func outcomeOf(answer frame) outcome {
	switch {
	case answer.kind == 3:
		return taken
	case answer.action == "SecurityError":
		return beforeBoot
	}
	return refused
}

func (c *coverage) note(action string, o outcome, name string) {
	if c.shown[action] == nil {
		c.shown[action] = map[outcome][]string{}
	}
	c.shown[action][o] = append(c.shown[action][o], name)
}
