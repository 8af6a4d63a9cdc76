package feed

import (
	"slices"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// tail is the latest notices.
type tail struct {
	after   int64 // every notice above it is in the tail, up to head
	head    int64
	notices []fleet.Notice
	bytes   int // of their data
}

// restart empties the tail: it begins after a number.
func (t *tail) restart(after int64) { *t = tail{after: after, head: after} }

// add appends what follows, and drops the oldest when there is too much. One notice of any size stays.
func (t *tail) add(list []fleet.Notice, keep, keepBytes int) {
	t.notices = append(t.notices, list...)
	t.head = list[len(list)-1].Number
	for i := range list {
		t.bytes += len(list[i].Data)
	}
	drop := 0
	for ; len(t.notices)-drop > keep || t.bytes > keepBytes && len(t.notices)-drop > 1; drop++ {
		t.after = t.notices[drop].Number
		t.bytes -= len(t.notices[drop].Data)
	}
	clear(t.notices[:drop])
	t.notices = t.notices[drop:]
}

// maxLook bounds how many notices a reader looks at before others have their turn.
const maxLook = 512

// since returns notices above a number that pass the filter, and the number up to which it has looked.
func (t *tail) since(after int64, filter Filter) (list []fleet.Notice, at int64) {
	first, _ := slices.BinarySearchFunc(t.notices, after+1, func(n fleet.Notice, number int64) int { return int(n.Number - number) })
	some := t.notices[first:min(len(t.notices), first+maxLook)]
	if len(some) == 0 {
		return nil, after
	}
	return filter.of(some), some[len(some)-1].Number
}
