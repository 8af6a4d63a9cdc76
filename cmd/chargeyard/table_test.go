package main

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/mattn/go-runewidth"
)

func people(width int) string {
	var b bytes.Buffer
	t := newTable(&b, column{title: "NAME"}, column{title: "N", right: true, drop: 1}, column{title: "TEXT", drop: 2})
	t.width = width
	t.row("充電器", "7", "wide")
	t.row("Müller\x1b[2J", "1234", "with \u202e tricks")
	if err := t.end("none"); err != nil {
		return err.Error()
	}
	return b.String()
}

func TestATableAlignsWhateverTheScript(t *testing.T) {
	const want = "NAME           N  TEXT\n充電器         7  wide\nMüller�[2J  1234  with � tricks\n"
	if got := people(0); got != want {
		t.Errorf("%q\nwant\n%q", got, want)
	}
}

func TestANarrowTableLeavesTheLeastOut(t *testing.T) {
	for width, columns := range map[int]int{80: 3, 20: 2, 12: 1, 9: 1} {
		got := people(width)
		for line := range strings.Lines(got) {
			if n := runewidth.StringWidth(strings.TrimSuffix(line, "\n")); n > width {
				t.Errorf("width %d: a line of %d: %q", width, n, line)
			}
		}
		titles, _, _ := strings.Cut(got, "\n")
		if n := len(strings.Fields(titles)); n != columns {
			t.Errorf("width %d: %d columns in %q", width, n, got)
		}
	}
}

func TestALongTableIsWrittenAsItComes(t *testing.T) {
	var b bytes.Buffer
	tab := newTable(&b, column{title: "N"})
	for i := range sampleRows + 5 {
		tab.row(fmt.Sprint(i))
		if waiting := i < sampleRows-1; waiting != (b.Len() == 0) {
			t.Fatalf("after row %d: %d bytes", i, b.Len())
		}
	}
	if err := tab.end(""); err != nil || strings.Count(b.String(), "\n") != sampleRows+6 {
		t.Errorf("%d lines, %v", strings.Count(b.String(), "\n"), err)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("full") }

func TestATableSaysThatItCannotBeWritten(t *testing.T) {
	tab := newTable(full{}, column{title: "N"})
	tab.row("1")
	if err := tab.end(""); err == nil {
		t.Error("no error")
	}
}

func TestTimesAreTold(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.Local)
	for d, want := range map[time.Duration]string{
		0: "0s ago", 119 * time.Second: "119s ago", 2 * time.Minute: "2m ago", 3 * time.Hour: "3h ago", 50 * time.Hour: "2d ago",
		-5 * time.Minute: "in 5m", 10 * 24 * time.Hour: "2026-04-21",
	} {
		at := now.Add(-d).UTC()
		if got := ago(&at, now); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
	at := now.Add(-time.Hour)
	if got := moment(&at, now); !strings.HasPrefix(got, "2026-05-01 11:00:00") || !strings.HasSuffix(got, ", 60m ago") {
		t.Errorf("%q", got)
	}
	if ago(nil, now) != none || moment(nil, now) != none {
		t.Error("a time that is not known")
	}
}
