package fleet

import (
	"errors"
	"fmt"
	"slices"
	"time"
	_ "time/tzdata" // zones are the same on every machine, also on one that has none
)

// Hours are the times of a week in which a token may charge. The zero Hours are always.
type Hours struct {
	Zone    string   // IANA name of the time zone, such as Europe/Berlin; "": UTC
	Periods []Period // none: always
}

// Period is a time of day on some days of the week.
type Period struct {
	Days []string `json:"days,omitempty"` // Mon to Sun, the days on which it begins; empty: all
	From string   `json:"from"`           // HH:MM
	To   string   `json:"to"`             // HH:MM up to 24:00; not after From: on the next day
}

// Always reports whether there is no time at which a token may not charge.
func (h Hours) Always() bool { return len(h.Periods) == 0 }

// Check says what is wrong with the hours.
func (h Hours) Check() error {
	if _, err := h.location(); err != nil {
		return err
	}
	for _, p := range h.Periods {
		if err := p.Check(); err != nil {
			return err
		}
	}
	return nil
}

func (h Hours) location() (*time.Location, error) {
	if h.Zone == "Local" { // that of the machine: another one tomorrow
		return nil, errors.New("there is no time zone \"Local\"")
	}
	zone, err := time.LoadLocation(h.Zone)
	if err != nil {
		return nil, fmt.Errorf("there is no time zone %q", h.Zone)
	}
	return zone, nil
}

// Check says what is wrong with a period.
func (p Period) Check() error {
	for _, d := range p.Days {
		if !slices.Contains(Weekdays(), d) {
			return fmt.Errorf("there is no day %q: write Mon, Tue, Wed, Thu, Fri, Sat or Sun", d)
		}
	}
	from, err := clockTime(p.From)
	if err != nil {
		return err
	}
	if from == minutesOfDay {
		return errors.New("nothing begins at 24:00")
	}
	_, err = clockTime(p.To)
	return err
}

// Weekdays are the names of the days, in the order of time.Weekday.
func Weekdays() []string { return []string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"} }

// clockTime reads HH:MM as minutes since midnight.
func clockTime(text string) (int, error) {
	if text == "24:00" {
		return minutesOfDay, nil
	}
	t, err := time.Parse("15:04", text)
	if err != nil || len(text) != len("15:04") {
		return 0, fmt.Errorf("%q is no time of day: write it as 08:00", text)
	}
	return t.Hour()*60 + t.Minute(), nil
}

// At reports whether a moment is within the hours, and until when it surely stays so; the zero time: for ever. Hours that
// are wrong are never: what cannot be read must not open anything.
func (h Hours) At(now time.Time) (within bool, until time.Time) {
	if h.Always() {
		return true, time.Time{}
	}
	zone, err := h.location()
	if err != nil {
		return false, time.Time{}
	}
	here := now.In(zone)
	for _, p := range h.Periods {
		for _, daysAgo := range []int{0, 1} { // it may have begun yesterday
			begin, end, ok := p.on(here.AddDate(0, 0, -daysAgo))
			if ok && !now.Before(begin) && now.Before(end) {
				within, until = true, later(until, end)
			}
		}
	}
	return within, until.UTC()
}

// on returns the period that begins on a day.
func (p Period) on(day time.Time) (begin, end time.Time, ok bool) {
	if len(p.Days) > 0 && !slices.Contains(p.Days, Weekdays()[day.Weekday()]) {
		return begin, end, false
	}
	if p.Check() != nil {
		return begin, end, false
	}
	from, _ := clockTime(p.From)
	to, _ := clockTime(p.To)
	if to <= from {
		to += minutesOfDay
	}
	at := func(minutes int) time.Time { // by the clock on the wall, whatever it does in between
		return time.Date(day.Year(), day.Month(), day.Day(), 0, minutes, 0, 0, day.Location())
	}
	return at(from), at(to), true
}
