package fleet

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func listedAs(value string, status TokenStatus) ListedToken {
	return ListedToken{TokenArgument: TokenArgument{Value: value, Type: "ISO14443"}, Status: status}
}

// said is what is known of a list in a few words.
func said(l LocalList, content []ListedToken) string {
	entries := "?"
	if l.Entries != nil {
		entries = fmt.Sprint(*l.Entries)
	}
	values := ""
	for _, t := range content {
		values += t.Value
	}
	return fmt.Sprintf("%d %v %s %s %q %v", l.Version, l.Known, l.From, entries, values, l.Digest != "")
}

func TestWhatAnswersSayOfALocalList(t *testing.T) {
	a, b := listedAs("A", TokenAccepted), listedAs("B", "")
	change := func(version int64, status string) LocalListChange {
		return LocalListChange{Version: version, Put: []ListedToken{b, a}, Status: status}
	}
	full := func(version int64, status string) LocalListChange {
		c := change(version, status)
		c.Full = true
		return c
	}
	part := func(version int64, part, parts int, from string) LocalListChange {
		c := change(version, "Accepted")
		c.Full = part == 1 && from == ""
		c.Step = &LocalListStep{Command: "c", Part: part, Parts: parts, From: from, Entries: int64(part)}
		if part == parts {
			c.Step.Content = []ListedToken{a}
			c.Step.Digest = ListDigest(c.Step.Content)
		}
		return c
	}
	both := ListDigest(OrderedList([]ListedToken{a, b}))
	type apply interface {
		Apply(LocalList, ListContent) (LocalList, []ListedToken, error)
	}
	for name, c := range map[string]struct {
		steps []apply
		want  string
	}{
		"a full list":                    {[]apply{full(3, "Accepted")}, `3 true sent 2 "AB" true`},
		"a full list that was refused":   {[]apply{full(3, "Failed")}, `0 false  ? "" false`},
		"a change of an unknown list":    {[]apply{change(3, "Accepted")}, `3 true sent ? "" false`},
		"a change":                       {[]apply{full(3, "Accepted"), LocalListChange{Version: 4, Remove: []TokenArgument{{Value: "a", Type: "iso14443"}}, Status: "Accepted"}}, `4 true sent 1 "B" true`},
		"a change that was refused":      {[]apply{full(3, "Accepted"), change(4, "Failed")}, `3 true sent 2 "AB" true`},
		"a change of another version":    {[]apply{full(3, "Accepted"), change(4, "VersionMismatch")}, `3 true sent ? "" false`},
		"a full list after that":         {[]apply{full(3, "Accepted"), change(4, "VersionMismatch"), full(5, "Accepted")}, `5 true sent 2 "AB" true`},
		"the same version":               {[]apply{full(3, "Accepted"), LocalListVersion{Version: 3}}, `3 true told 2 "AB" true`},
		"another version":                {[]apply{full(3, "Accepted"), LocalListVersion{Version: 9}}, `9 true told ? "" false`},
		"no list any more":               {[]apply{full(3, "Accepted"), LocalListVersion{Version: 0}}, `0 true told 0 "" true`},
		"a station that never had one":   {[]apply{LocalListVersion{Version: -1}}, `-1 true told 0 "" true`},
		"a change of an empty list":      {[]apply{LocalListVersion{Version: 0}, change(1, "Accepted")}, `1 true sent 2 "AB" true`},
		"a version that was never known": {[]apply{LocalListVersion{Version: 4}}, `4 true told ? "" false`},
		"an empty list":                  {[]apply{full(3, "Accepted"), LocalListChange{Version: 4, Full: true, Status: "Accepted"}}, `4 true sent 0 "" true`},
		"a part":                         {[]apply{part(3, 1, 3, "")}, `3 true sent 1 "" false`},
		"a part that was refused":        {[]apply{part(3, 1, 3, ""), change(4, "Failed")}, `3 true sent 1 "" false`},
		"all parts":                      {[]apply{part(3, 1, 3, ""), part(4, 2, 3, ""), part(5, 3, 3, "")}, `5 true sent 1 "A" true`},
		"a part too few":                 {[]apply{part(3, 1, 3, ""), part(5, 3, 3, "")}, `5 true sent ? "" false`},
		"somebody else between parts":    {[]apply{part(3, 1, 2, ""), change(4, "Accepted"), part(5, 2, 2, "")}, `5 true sent ? "" false`},
		"another list between parts":     {[]apply{part(3, 1, 2, ""), full(3, "Accepted"), part(4, 2, 2, "")}, `4 true sent 2 "AB" true`},
		"a change in parts":              {[]apply{full(3, "Accepted"), part(4, 1, 2, both), part(5, 2, 2, both)}, `5 true sent 1 "A" true`},
		"a change of what was otherwise": {[]apply{full(3, "Accepted"), part(4, 1, 1, "other")}, `4 true sent 2 "AB" true`},
		"a list that is not supported":   {[]apply{full(3, "NotSupported")}, `0 false  ? "" false`},
	} {
		var l LocalList
		var content []ListedToken
		for _, step := range c.steps {
			now, changed, err := step.Apply(l, func() ([]ListedToken, error) { return content, nil })
			if err != nil {
				t.Fatal(err)
			}
			if now.Digest != l.Digest {
				content = changed
			}
			l = now
		}
		if got := said(l, content); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	if next := (LocalList{Version: -1}).Next(); next != 1 {
		t.Errorf("the first version is %d", next)
	}
}

// A difference makes one list the other, and has nothing that is the same.
func TestADifferenceMakesTheOtherList(t *testing.T) {
	drawList := rapid.Custom(func(t *rapid.T) []ListedToken {
		var list []ListedToken
		for range rapid.IntRange(0, 6).Draw(t, "n") {
			token := listedAs(rapid.StringMatching("[a-d]").Draw(t, "value"), rapid.SampledFrom([]TokenStatus{"", TokenAccepted, TokenBlocked}).Draw(t, "status"))
			if rapid.Bool().Draw(t, "expires") {
				token.Expiry = new(time.Unix(rapid.Int64Range(0, 1).Draw(t, "expiry"), 0))
			}
			list = append(list, token)
		}
		return OrderedList(list)
	})
	rapid.Check(t, func(t *rapid.T) {
		have, want := drawList.Draw(t, "have"), drawList.Draw(t, "want")
		put, remove := ListDifference(have, want)
		if got := (LocalListChange{Put: put, Remove: remove}).Result(have); ListDigest(got) != ListDigest(want) {
			t.Fatalf("%v, want %v", got, want)
		}
		if len(put)+len(remove) > len(have)+len(want) || ListDigest(have) == ListDigest(want) && len(put)+len(remove) > 0 {
			t.Fatalf("from %v to %v: %v and not %v", have, want, put, remove)
		}
	})
}
