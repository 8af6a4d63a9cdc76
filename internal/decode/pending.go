package decode

import (
	"crypto/sha256"
	"slices"
)

// maxWaiting bounds the CALLs that wait for their answer; the oldest is forgotten.
const maxWaiting = 4096

// maxRemembered bounds what is kept of a CALL, in bytes.
const maxRemembered = 1024

// pendingCall is a CALL whose answer has not come.
type pendingCall struct {
	id     string
	line   int
	action string
	sentBy string
	fits   []string          // versions; none: it was wrong in all
	best   string            // the version that its findings were about
	sum    [sha256.Size]byte // of the frame
}

// in reports whether an answer is one of the version, too.
func (c *pendingCall) in(version string) bool {
	if len(c.fits) == 0 {
		return version == c.best
	}
	return slices.Contains(c.fits, version)
}

// waiting are the CALLs whose answer has not come. Both ends may use the same id at the same time.
type waiting struct {
	byID  map[string][]*pendingCall
	order []*pendingCall // oldest first; those that have their answer are taken out when there are too many
	n     int
}

// calls returns the CALLs of an id, oldest first.
func (w *waiting) calls(id string) []*pendingCall { return w.byID[id] }

func (w *waiting) add(c *pendingCall) {
	if w.byID == nil {
		w.byID = map[string][]*pendingCall{}
	}
	for _, before := range w.byID[c.id] {
		if before.sentBy == c.sentBy { // a retry, or another one that takes its place
			w.remove(before)
			break
		}
	}
	w.byID[c.id] = append(w.byID[c.id], c)
	w.order = append(w.order, c)
	for w.n++; w.n > maxWaiting; w.order = w.order[1:] {
		w.remove(w.order[0])
	}
	if len(w.order) > 2*maxWaiting {
		w.order = slices.DeleteFunc(w.order, func(c *pendingCall) bool { return !slices.Contains(w.byID[c.id], c) })
	}
}

// remove forgets a CALL.
func (w *waiting) remove(c *pendingCall) {
	list := w.byID[c.id]
	i := slices.Index(list, c)
	if i < 0 {
		return
	}
	w.n--
	if list = slices.Delete(list, i, i+1); len(list) == 0 {
		delete(w.byID, c.id)
	} else {
		w.byID[c.id] = list
	}
}
