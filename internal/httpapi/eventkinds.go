package httpapi

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/chargeyard/chargeyard/internal/feed"
	"github.com/chargeyard/chargeyard/internal/fleet"
)

// knownKinds refuses what selects no kind of event that there is: a misspelt kind would wait forever.
func knownKinds(asked []string) error {
	var faults []Fault
	for i, kind := range asked {
		selects := func(k fleet.NoticeKind) bool {
			return (feed.Filter{Kinds: []string{kind}}).Match(&fleet.Notice{Kind: k})
		}
		if !slices.ContainsFunc(fleet.NoticeKinds(), selects) {
			faults = append(faults, Fault{Detail: "there is no such kind of event; there are " + eventKinds(), Parameter: fmt.Sprintf("kind[%d]", i)})
		}
	}
	if faults == nil {
		return nil
	}
	return problem(http.StatusUnprocessableEntity, "validation failed", faults...)
}

// eventKinds lists all kinds, in order.
func eventKinds() string {
	var names []string
	for _, k := range fleet.NoticeKinds() {
		names = append(names, string(k))
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
