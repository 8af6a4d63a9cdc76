package sqlite

import "github.com/chargeyard/chargeyard/internal/fleet"

// tokensSeenStep is how many unknown tokens are recorded between two looks at how many there are.
const tokensSeenStep = 256

// pruneTokens forgets the unknown tokens that were seen first when there are more than are kept: a station can send any
// number of them.
func (w *writer) pruneTokens() error {
	w.unknowns += w.pending.tokensSeen
	if w.o.KeepUnknown < 0 || w.unknowns < min(tokensSeenStep, w.o.KeepUnknown) {
		return nil
	}
	w.unknowns = 0
	var oldest int64
	more, err := w.queryRow("SELECT created_at FROM tokens WHERE status = 'Unknown' ORDER BY created_at DESC LIMIT 1 OFFSET ?",
		[]any{w.o.KeepUnknown}, []any{&oldest})
	if err != nil || !more {
		return err
	}
	return w.exec("DELETE FROM tokens WHERE status = ? AND created_at <= ?", string(fleet.TokenUnknown), oldest)
}
