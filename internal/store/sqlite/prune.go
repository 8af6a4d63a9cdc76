package sqlite

import "time"

// pruneStep is how many rows too many a commit deletes beside as many as it wrote: a backlog goes in small steps, which
// nobody has to wait for.
const pruneStep = 64

// prune deletes the oldest notices, refusals and unknown tokens when there are more than are kept. Only commits that wrote some look.
func (w *writer) prune() error {
	if err := w.forgetCustomers(time.Now()); err != nil {
		return err
	}
	if err := w.pruneTokens(); err != nil {
		return err
	}
	if err := w.pruneCommands(); err != nil {
		return err
	}
	if err := w.pruneBulks(); err != nil {
		return err
	}
	if n := w.pending.notices; n > 0 && w.o.KeepNotices > 0 {
		err := w.exec(`DELETE FROM notices WHERE number IN (SELECT number FROM notices
			WHERE number <= (SELECT MAX(number) FROM notices) - ? ORDER BY number LIMIT ?)`, w.o.KeepNotices, n+pruneStep)
		if err != nil {
			return err
		}
	}
	if n := w.pending.refusals; n > 0 && w.o.KeepRefusals > 0 {
		return w.exec(`DELETE FROM refusals WHERE number IN (SELECT number FROM refusals
			WHERE number <= (SELECT MAX(number) FROM refusals) - ? ORDER BY number LIMIT ?)`, w.o.KeepRefusals, n+pruneStep)
	}
	return nil
}
