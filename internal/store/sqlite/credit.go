package sqlite

import "github.com/chargeyard/chargeyard/internal/fleet"

// takeCredit takes what a transaction has cost off the credit of its token when it has ended, once: what late messages make
// of the cost corrects it. Nothing is read while no token is prepaid.
func (w *writer) takeCredit(t *known, e fleet.TransactionEvent) error {
	if !w.prepaid || !t.history.Ended || !t.history.Token.Set || t.cost == nil {
		return nil
	}
	total := t.cost.Total.InclTax
	if total.Compare(t.taken) == 0 {
		return nil
	}
	record, err := lookup(w.queryRow).token(t.history.Token.V)
	if err != nil || record == nil || record.Credit == "" {
		return err
	}
	left := fleet.Sum(record.Credit, t.taken, total.Negative())
	key := record.Fold()
	if err := w.exec("UPDATE tokens SET credit = ? WHERE value = ? AND type = ?", string(left), key.Value, key.Type); err != nil {
		return err
	}
	t.taken = total
	w.pending.transactions = append(w.pending.transactions, changed{transactionKey{e.Station, t.id}, *t})
	if err := w.exec("UPDATE transactions SET credit_taken = ? WHERE ref = ?", string(total), t.ref); err != nil {
		return err
	}
	record.Credit = left
	return w.tokenNotice(*record, e.Received)
}

// lookForPrepaid finds out whether a token can be prepaid: without any, no transaction that ends looks.
func (w *writer) lookForPrepaid() error {
	_, err := w.queryRow("SELECT EXISTS (SELECT 1 FROM tokens WHERE credit <> '')", nil, []any{&w.prepaid})
	return err
}
