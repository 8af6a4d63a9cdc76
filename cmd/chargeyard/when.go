package main

import (
	"fmt"
	"time"
)

// none stands for what is not known.
const none = "-"

// ago writes how long ago t was, as people say it; what is older than a week has its date, in the zone of this machine.
func ago(t *time.Time, now time.Time) string {
	if t == nil {
		return none
	}
	d := now.Sub(*t)
	switch {
	case d <= -time.Second:
		return "in " + span(-d)
	case d < 7*24*time.Hour:
		return span(d) + " ago"
	}
	return t.Local().Format("2006-01-02")
}

// span writes a duration in its largest unit; from two on, for one hour is far from two.
func span(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%dm", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh", int(d.Hours()))
	}
	return fmt.Sprintf("%dd", int(d.Hours()/24))
}

// moment writes a time in full, in the zone of this machine, and how long ago that was.
func moment(t *time.Time, now time.Time) string {
	if t == nil {
		return none
	}
	const full = "2006-01-02 15:04:05 MST"
	if d := now.Sub(*t); d > -time.Second && d < 7*24*time.Hour {
		return t.Local().Format(full) + ", " + span(d) + " ago"
	}
	return t.Local().Format(full)
}

// or returns the text, or a dash for none.
func or(s *string) string {
	if s == nil || *s == "" {
		return none
	}
	return *s
}
