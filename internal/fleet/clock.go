package fleet

import "time"

// Clock estimates how far a station's clock is off: what must be added to the station's times to get the server's,
// together with the least time that a message travels. It is positive when the station is behind. The zero Clock knows
// nothing yet. It is not safe for concurrent use.
//
// A message arrives after what it tells of, so the difference between the two times is never less than the offset,
// and can be more by as much as the message was late. Therefore the estimate is the least difference within the last
// one to two windows; a clock that was set shows after two windows at the latest. A message that may have waited in a
// queue counts only when it was late by no more than the tolerance, or when an earlier one, received long enough before,
// was late by as much: what a queue holds arrives all at once, so such messages differ.
type Clock struct {
	current, previous window
	doubtful          sighting // the latest message that may have waited
}

type window struct {
	began time.Time // by the server's clock
	least time.Duration
	known bool
}

type sighting struct {
	received time.Time
	late     time.Duration
}

// The measures of Clock.
const (
	clockWindow    = 10 * time.Minute
	clockTolerance = 10 * time.Second // for what may have waited
	clockApart     = 5 * time.Second  // between two that confirm each other
)

// Observe takes note of a message that tells of a moment by the station's clock. queued says that it may have waited at
// the station since. A zero moment says nothing.
func (c *Clock) Observe(received, moment time.Time, queued bool) {
	if moment.IsZero() || received.IsZero() {
		return
	}
	late := received.Sub(moment)
	if queued && late > clockTolerance && !c.confirms(sighting{received, late}) {
		return
	}
	if !c.current.known || received.Sub(c.current.began) >= clockWindow {
		c.previous, c.current = c.current, window{began: received, least: late, known: true}
	}
	c.current.least = min(c.current.least, late)
}

// confirms reports whether the one before was late by as much, and remembers s.
func (c *Clock) confirms(s sighting) bool {
	before := c.doubtful
	if s.received.Sub(before.received) >= clockApart {
		c.doubtful = s
	}
	return !before.received.IsZero() && s.received.Sub(before.received) >= clockApart &&
		(s.late-before.late).Abs() <= clockTolerance
}

// Offset returns the estimate, or nil when there is none.
func (c *Clock) Offset() *time.Duration {
	if !c.current.known {
		return nil
	}
	least := c.current.least
	if c.previous.known && c.current.began.Sub(c.previous.began) < 2*clockWindow {
		least = min(least, c.previous.least)
	}
	return &least
}
