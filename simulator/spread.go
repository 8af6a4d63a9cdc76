package simulator

import (
	"fmt"
	"strings"
	"time"
)

// Range is a duration that is drawn between two bounds. As text it is "1s..20s", or "5s" when both are the same. The zero
// Range says nothing.
type Range struct{ Min, Max time.Duration }

// IsZero reports whether the range says nothing.
func (r Range) IsZero() bool { return r == Range{} }

// String is the text of the range.
func (r Range) String() string {
	if r.Min == r.Max {
		return r.Min.String()
	}
	return r.Min.String() + ".." + r.Max.String()
}

// ParseRange reads the text of a range. Bounds are as time.ParseDuration reads them, and whole days such as "2d"; none is
// negative.
func ParseRange(text string) (Range, error) {
	lo, hi, spread := strings.Cut(text, "..")
	low, err := parseSpan(lo)
	high := low
	if spread && err == nil {
		high, err = parseSpan(hi)
	}
	if err != nil || high < low {
		return Range{}, &notTime{text}
	}
	return Range{low, high}, nil
}

// parseSpan reads a duration.
func parseSpan(text string) (time.Duration, error) {
	text = strings.TrimSpace(text)
	days := 0
	if _, err := fmt.Sscanf(text, "%dd", &days); err == nil && text == fmt.Sprintf("%dd", days) && days >= 0 && days < 10_000 {
		return time.Duration(days) * 24 * time.Hour, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, &notTime{text}
	}
	return d, nil
}

// notTime says that a text is no duration.
type notTime struct{ text string }

func (e *notTime) Error() string {
	return fmt.Sprintf("%q is no time; write it as 90s, 10m, 1h30m or 2d, and a range as 1s..20s, the shorter one first", e.text)
}

// in draws from the range.
func (d *dice) in(r Range) time.Duration { return d.between(r.Min, r.Max) }
