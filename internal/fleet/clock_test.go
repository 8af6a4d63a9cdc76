package fleet

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// heard is a message: when it came, and how much later that is than what it says.
type heard struct {
	at     time.Duration
	late   time.Duration
	queued bool
}

func TestClockOffset(t *testing.T) {
	none := time.Duration(-1 << 63)
	for name, test := range map[string]struct {
		heard []heard
		want  time.Duration
	}{
		"nothing":                              {nil, none},
		"a good clock":                         {[]heard{{0, 30 * time.Millisecond, false}}, 30 * time.Millisecond},
		"the fastest message counts":           {[]heard{{0, 9 * time.Second, false}, {1, 2 * time.Second, false}, {2, 5 * time.Second, false}}, 2 * time.Second},
		"a clock that is ahead":                {[]heard{{0, -time.Hour, true}}, -time.Hour},
		"a clock of 1970":                      {[]heard{{0, 400000 * time.Hour, false}}, 400000 * time.Hour},
		"what waited says nothing":             {[]heard{{0, time.Hour, true}}, none},
		"a queue arrives at once":              {[]heard{{0, time.Hour, true}, {1, 59 * time.Minute, true}, {2, 58 * time.Minute, true}}, none},
		"a queue beside a live message":        {[]heard{{0, time.Hour, true}, {time.Second, time.Second, true}}, time.Second},
		"a clock that is behind, confirmed":    {[]heard{{0, time.Hour, true}, {time.Minute, time.Hour + time.Second, true}}, time.Hour + time.Second},
		"the same old status again":            {[]heard{{0, time.Hour, true}, {time.Hour, 2 * time.Hour, true}}, none},
		"a clock that was set":                 {[]heard{{0, -time.Hour, false}, {11 * time.Minute, 0, false}, {22 * time.Minute, 0, false}}, 0},
		"a clock that was set a moment ago":    {[]heard{{0, -time.Hour, false}, {11 * time.Minute, 0, false}}, -time.Hour},
		"old estimates are of no use":          {[]heard{{0, -time.Hour, false}, {time.Hour, 0, false}}, 0},
		"a clock that was set back shows soon": {[]heard{{0, 0, false}, {time.Second, -time.Minute, false}}, -time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			var c Clock
			for _, h := range test.heard {
				c.Observe(day.Add(h.at), day.Add(h.at).Add(-h.late), h.queued)
			}
			switch got := c.Offset(); {
			case (got == nil) != (test.want == none):
				t.Errorf("got %v", got)
			case got != nil && *got != test.want:
				t.Errorf("got %v, want %v", *got, test.want)
			}
		})
	}
	var c Clock
	c.Observe(day, time.Time{}, false)
	if c.Offset() != nil {
		t.Error("a message without a time counts")
	}
}

// However late messages are, and whatever waited: with one live message in each window the estimate is off by no more than the
// fastest of them travelled.
func TestClockOffsetIsRobust(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		offset := time.Duration(rapid.Int64Range(-1e6, 1e6).Draw(t, "offset ms")) * time.Millisecond
		var c Clock
		now, fastest := day, time.Hour
		for i := range rapid.IntRange(1, 40).Draw(t, "messages") {
			now = now.Add(time.Duration(rapid.IntRange(0, 500).Draw(t, "pause s")) * time.Second)
			travelled := time.Duration(rapid.IntRange(1, 20000).Draw(t, "travelled ms")) * time.Millisecond
			queued := i > 0 && rapid.Bool().Draw(t, "queued")
			if queued {
				travelled += time.Duration(rapid.IntRange(0, 1e6).Draw(t, "waited ms")) * time.Millisecond
			} else {
				fastest = min(fastest, travelled)
			}
			c.Observe(now, now.Add(-offset-travelled), queued)
		}
		got := c.Offset()
		if got == nil || *got < offset {
			t.Fatalf("got %v, want at least %v", got, offset)
		}
	})
}
