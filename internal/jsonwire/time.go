package jsonwire

import "time"

// Time reads a date-time, as UTC. The near misses of rule R65 are violations of RuleTimeForm that can be
// tolerated, and so can an empty string, which counts as absent; anything else is refused.
func (d *Decoder) Time(v *time.Time) bool {
	if d.space() != '"' {
		return d.wrongType("is not a date-time string")
	}
	start := d.p
	s, ok := d.quoted()
	if !ok {
		return false
	}
	t, form := ParseTime(s, d.opts.Location)
	switch {
	case form == TimeExact:
	case s == "":
		d.behind(RuleTimeForm, "is an empty date-time")
		return false
	case form == TimeBad:
		d.p = start
		return d.refuse(RuleTimeForm, "is not a date-time")
	case !d.behind(RuleTimeForm, "is not an RFC 3339 date-time"):
		return false
	}
	*v = t
	return true
}

// TimeForm tells how well a text is a date-time.
type TimeForm uint8

// The forms.
const (
	TimeBad   TimeForm = iota // not to be understood
	TimeNear                  // understood, though not RFC 3339
	TimeExact                 // RFC 3339
)

// ParseTime reads a date-time of RFC 3339, and as near misses: no zone (then zone is taken, UTC for nil), a zone as
// +03 or +0300, a space for the T, no seconds, and a comma before the fraction. Small letters t and z and a leap
// second are RFC 3339; the leap second becomes the first second of the next minute. Digits of the fraction beyond
// the ninth are cut off. The result is in UTC.
func ParseTime(s string, zone *time.Location) (time.Time, TimeForm) {
	var p timeParser
	if !p.date(s) || !p.clock(s) || !p.fraction(s) || !p.zone(s) {
		return time.Time{}, TimeBad
	}
	form := TimeExact
	if p.near {
		form = TimeNear
	}
	if p.noZone && zone != nil {
		return time.Date(p.year, time.Month(p.month), p.day, p.hour, p.minute, p.second, p.nano, zone).UTC(), form
	}
	unix := daysBefore(p.year, p.month, p.day)*86400 + int64(p.hour*3600+p.minute*60+p.second-p.offset)
	return time.Unix(unix, int64(p.nano)).UTC(), form
}

type timeParser struct {
	at                   int // the cursor
	year, month, day     int
	hour, minute, second int
	nano                 int
	offset               int // seconds east of UTC
	near, noZone         bool
}

func two(s string, i int) int {
	a, b := s[i]-'0', s[i+1]-'0'
	if a > 9 || b > 9 {
		return -1
	}
	return int(a)*10 + int(b)
}

func (p *timeParser) date(s string) bool {
	if len(s) < len("2006-01-02T15:04") || s[4] != '-' || s[7] != '-' {
		return false
	}
	century, year := two(s, 0), two(s, 2)
	p.year, p.month, p.day = century*100+year, two(s, 5), two(s, 8)
	return century|year >= 0 && p.month >= 1 && p.month <= 12 && p.day >= 1 && p.day <= daysIn(p.year, p.month)
}

func (p *timeParser) clock(s string) bool {
	switch s[10] {
	case 'T', 't':
	case ' ':
		p.near = true
	default:
		return false
	}
	p.hour, p.minute = two(s, 11), two(s, 14)
	if s[13] != ':' || p.hour < 0 || p.hour > 23 || p.minute < 0 || p.minute > 59 {
		return false
	}
	p.at = 16
	if len(s) < 19 || s[16] != ':' {
		p.near = true
		return true
	}
	p.second = two(s, 17)
	p.at = 19
	return p.second >= 0 && p.second <= 60
}

func (p *timeParser) fraction(s string) bool {
	if p.at >= len(s) || s[p.at] != '.' && s[p.at] != ',' {
		return true
	}
	p.near = p.near || s[p.at] == ','
	p.at++
	start, unit := p.at, 100_000_000
	for ; p.at < len(s) && isDigit(s[p.at]); p.at++ {
		p.nano += int(s[p.at]-'0') * unit
		unit /= 10
	}
	return p.at > start
}

func (p *timeParser) zone(s string) bool {
	z := s[p.at:]
	switch {
	case z == "Z" || z == "z":
		return p.leap()
	case z == "":
		p.near, p.noZone = true, true
		return p.leap()
	case z[0] != '+' && z[0] != '-':
		return false
	}
	minutes := 0
	switch {
	case len(z) == len("+03:00") && z[3] == ':':
		minutes = two(z, 4)
	case len(z) == len("+0300"):
		p.near = true
		minutes = two(z, 3)
	case len(z) == len("+03"):
		p.near = true
	default:
		return false
	}
	hours := two(z, 1)
	if hours < 0 || hours > 23 || minutes < 0 || minutes > 59 {
		return false
	}
	p.offset = hours*3600 + minutes*60
	if z[0] == '-' {
		p.offset = -p.offset
	}
	return p.leap()
}

// leap lets second 60 stand only where a leap second can be: at 23:59:60 UTC (RFC 3339, 5.7).
func (p *timeParser) leap() bool {
	if p.second < 60 {
		return true
	}
	minute := p.hour*60 + p.minute - p.offset/60
	return (minute+2*1440)%1440 == 1439
}

func daysIn(year, month int) int {
	switch {
	case month != 2:
		return 30 + (month+month>>3)&1
	case year%4 == 0 && (year%100 != 0 || year%400 == 0):
		return 29
	}
	return 28
}

// daysBefore returns the days from 1970-01-01 to a day of the Gregorian calendar. Years begin in March here, so
// that the leap day comes last; 719468 days lie between 0000-03-01 and 1970-01-01.
func daysBefore(year, month, day int) int64 {
	if month <= 2 {
		year--
		month += 12
	}
	era := year + 400 // not negative
	return int64(365*era+era/4-era/100+era/400+(153*(month-3)+2)/5+day-1) - 719468 - 146097
}

// AppendTime appends t in quotes: UTC, with Z, and milliseconds when there are any (rule R65). The year must have
// four digits.
func AppendTime(b []byte, t time.Time) []byte {
	t = t.UTC()
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	b = append(b, '"')
	b = appendTwo(b, year/100)
	b = appendTwo(b, year%100)
	b = appendTwo(append(b, '-'), int(month))
	b = appendTwo(append(b, '-'), day)
	b = appendTwo(append(b, 'T'), hour)
	b = appendTwo(append(b, ':'), minute)
	b = appendTwo(append(b, ':'), second)
	if ms := t.Nanosecond() / 1e6; ms != 0 {
		b = append(b, '.', byte('0'+ms/100))
		b = appendTwo(b, ms%100)
	}
	return append(b, 'Z', '"')
}

func appendTwo(b []byte, n int) []byte { return append(b, byte('0'+n/10%10), byte('0'+n%10)) }
