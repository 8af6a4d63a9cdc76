package main

import (
	"io"
	"os"
	"strconv"
	"strings"
	"unicode"

	"github.com/mattn/go-runewidth"
)

// column of a table.
type column struct {
	title string
	right bool // numbers
	drop  int  // when the terminal is too narrow, columns with the highest go first; 0: never
}

// sampleRows is how many rows decide about the widths. Later rows are written as they come.
const sampleRows = 1000

// gap between columns.
const gap = 2

// table writes rows in columns. Text that a station chose cannot reach the terminal as anything but text.
type table struct {
	w       io.Writer
	width   int // of the terminal; 0: unlimited
	columns []column
	rows    [][]string // not written yet
	widths  []int      // of the columns, 0 for one that is left out; nil until they are known
	shown   int        // rows
	err     error
}

func newTable(w io.Writer, columns ...column) *table {
	return &table{w: w, width: terminalWidth(w), columns: columns}
}

// row adds a row with a cell for each column.
func (t *table) row(cells ...string) {
	clean := make([]string, len(cells))
	for i, c := range cells {
		clean[i] = printable(c)
	}
	t.shown++
	if t.widths != nil {
		t.line(clean)
		return
	}
	t.rows = append(t.rows, clean)
	if len(t.rows) >= sampleRows {
		t.flush()
	}
}

// end writes what is left, and empty when there was no row at all.
func (t *table) end(empty string) error {
	if t.shown == 0 {
		_, err := io.WriteString(t.w, empty+"\n")
		return err
	}
	t.flush()
	return t.err
}

// flush decides about the widths and writes the rows that waited for it.
func (t *table) flush() {
	if t.widths == nil {
		t.layOut()
		titles := make([]string, len(t.columns))
		for i, c := range t.columns {
			titles[i] = c.title
		}
		t.line(titles)
	}
	for _, r := range t.rows {
		t.line(r)
	}
	t.rows = nil
}

// layOut gives each column the width that its cells need, and then leaves columns out until the table fits.
func (t *table) layOut() {
	t.widths = make([]int, len(t.columns))
	for i, c := range t.columns {
		t.widths[i] = runewidth.StringWidth(c.title)
		for _, r := range t.rows {
			t.widths[i] = max(t.widths[i], runewidth.StringWidth(r[i]))
		}
	}
	for t.width > 0 && t.total() > t.width && t.leaveOut() {
	}
	t.squeeze()
}

// total is the width of a line.
func (t *table) total() int {
	sum := -gap
	for _, w := range t.widths {
		if w > 0 {
			sum += w + gap
		}
	}
	return sum
}

// leaveOut drops the least important column that is there; false: none may be dropped.
func (t *table) leaveOut() bool {
	worst := -1
	for i, c := range t.columns {
		if t.widths[i] > 0 && c.drop > 0 && (worst < 0 || c.drop > t.columns[worst].drop) {
			worst = i
		}
	}
	if worst < 0 {
		return false
	}
	t.widths[worst] = 0
	return true
}

// squeeze makes the widest columns narrower until the table fits.
func (t *table) squeeze() {
	const narrowest = 8
	for t.width > 0 && t.total() > t.width {
		widest := 0
		for i, w := range t.widths {
			if w > t.widths[widest] {
				widest = i
			}
		}
		if t.widths[widest] <= narrowest {
			return
		}
		t.widths[widest]--
	}
}

func (t *table) line(cells []string) {
	var b strings.Builder
	for i, cell := range cells {
		if t.widths[i] == 0 {
			continue
		}
		if t.width > 0 {
			cell = runewidth.Truncate(cell, t.widths[i], "…")
		}
		fill := strings.Repeat(" ", max(0, t.widths[i]-runewidth.StringWidth(cell)))
		if t.columns[i].right {
			cell, fill = fill+cell, ""
		}
		b.WriteString(cell + fill + strings.Repeat(" ", gap))
	}
	if t.err == nil {
		_, t.err = io.WriteString(t.w, strings.TrimRight(b.String(), " ")+"\n")
	}
}

// printable replaces what a terminal would obey.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, s)
}

// terminalWidth returns the columns of a terminal, and 0 for anything else. COLUMNS wins.
func terminalWidth(w io.Writer) int {
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		return n
	}
	f, ok := w.(*os.File)
	if !ok {
		return 0
	}
	return columnsOf(f)
}
