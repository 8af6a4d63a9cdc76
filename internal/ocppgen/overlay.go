package ocppgen

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Overlay is what the project adds to the schemas. Its file has one row per line, columns separated by '|';
// the last column is the reason (or, of an action, what it does). Lines that begin with '#' are comments.
//
//	action  | versions | name    | sent by | block | what the request does
//	name    | versions | place   | Go name | reason
//	values  | versions | Go enum | values  | reason
//	receive | versions | place   | length  | reason
//	wide    | versions | place   | reason
//	any     | versions | place   | reason
//	spec    | versions | place   | rule    | reason
//
// A place is a definition (IdTokenType), a property of one (EVSEType/id), of a message
// (MeterValuesRequest/meterValue/sampledValue) or of any ("*/evseId").
type Overlay struct{ rows []*row }

type row struct {
	line     int
	verb     string
	versions []string
	args     []string
	reason   string
	used     map[string]bool // by version
}

// columns is the number of arguments between versions and reason.
var columns = map[string]int{"action": 3, "name": 2, "values": 2, "receive": 2, "wide": 1, "any": 1, "spec": 2}

// ParseOverlay reads an overlay.
func ParseOverlay(r io.Reader) (*Overlay, error) {
	o := new(Overlay)
	in := bufio.NewScanner(r)
	for n := 1; in.Scan(); n++ {
		text := strings.TrimSpace(in.Text())
		if text == "" || text[0] == '#' {
			continue
		}
		x, err := parseRow(text, n)
		if err != nil {
			return nil, fmt.Errorf("overlay line %d: %w", n, err)
		}
		o.rows = append(o.rows, x)
	}
	return o, in.Err()
}

func parseRow(text string, line int) (*row, error) {
	col := strings.Split(text, "|")
	for i := range col {
		col[i] = strings.TrimSpace(col[i])
	}
	want, ok := columns[col[0]]
	if !ok {
		return nil, fmt.Errorf("unknown kind of row %q", col[0])
	}
	if len(col) != want+3 {
		return nil, fmt.Errorf("%s has %d columns, not %d", col[0], want+3, len(col))
	}
	if slices.Contains(col, "") {
		return nil, fmt.Errorf("%s has an empty column; every row gives its reason", col[0])
	}
	return &row{line, col[0], strings.Fields(col[1]), col[2 : len(col)-1], col[len(col)-1], map[string]bool{}}, nil
}

// all returns the rows of a kind and version whose first argument fits the place, and marks them used.
func (o *Overlay) all(verb, version, place string) []*row {
	var out []*row
	for _, r := range o.rows {
		if r.verb == verb && slices.Contains(r.versions, version) && fits(r.args[0], place) {
			r.used[version] = true
			out = append(out, r)
		}
	}
	return out
}

// find returns the last argument of the first row that fits.
func (o *Overlay) find(verb, version, place string) (string, bool) {
	rows := o.all(verb, version, place)
	if len(rows) == 0 {
		return "", false
	}
	return rows[0].args[len(rows[0].args)-1], true
}

// fits reports whether a pattern names a place: exactly, or by its end if it begins with "*/".
func fits(pattern, place string) bool {
	if rest, ok := strings.CutPrefix(pattern, "*"); ok {
		return strings.HasSuffix(place, rest)
	}
	return pattern == place
}

// unused returns an error that names a row which changed nothing, so that the overlay does not outlive its reasons.
func (o *Overlay) unused(versions []string) error {
	for _, r := range o.rows {
		for _, v := range r.versions {
			if slices.Contains(versions, v) && !r.used[v] {
				return fmt.Errorf("overlay line %d: %s %s fits nothing in OCPP %s", r.line, r.verb, r.args[0], v)
			}
		}
	}
	return nil
}
