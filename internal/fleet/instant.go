package fleet

import "time"

// The bounds between which times are kept: what RFC 3339 can write in UTC. A station's time with a zone can lie
// a day beyond them.
var (
	earliest = time.Date(1, 1, 1, 0, 0, 0, 1000, time.UTC)
	latest   = time.Date(9999, 12, 31, 23, 59, 59, 999999000, time.UTC)
)

// Instant returns t as it is kept: in UTC, in whole microseconds, within the years 1 to 9999. The zero time
// stays zero.
func Instant(t time.Time) time.Time {
	switch {
	case t.IsZero():
		return time.Time{}
	case t.Before(earliest):
		return earliest
	case t.After(latest):
		return latest
	}
	return t.UTC().Truncate(time.Microsecond)
}

// Micros returns t in microseconds since 1970, and the least int64 for the zero time.
func Micros(t time.Time) int64 {
	if t.IsZero() {
		return noInstant
	}
	return Instant(t).UnixMicro()
}

// FromMicros undoes Micros.
func FromMicros(us int64) time.Time {
	if us == noInstant {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

const noInstant = -1 << 63
