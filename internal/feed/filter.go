package feed

import (
	"strings"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// Filter selects notices. The zero Filter selects all.
type Filter struct {
	Station string   // "": any
	Kinds   []string // whole ones such as transaction.started, or what they begin with before a dot, such as transaction; none: any
}

// Match reports whether a notice is selected.
func (f Filter) Match(n *fleet.Notice) bool {
	if f.Station != "" && n.Station != f.Station {
		return false
	}
	for _, k := range f.Kinds {
		rest, ok := strings.CutPrefix(string(n.Kind), k)
		if ok && (rest == "" || rest[0] == '.') {
			return true
		}
	}
	return len(f.Kinds) == 0
}

// of returns the selected ones, in a list of its own.
func (f Filter) of(list []fleet.Notice) (selected []fleet.Notice) {
	for i := range list {
		if f.Match(&list[i]) {
			selected = append(selected, list[i])
		}
	}
	return selected
}
