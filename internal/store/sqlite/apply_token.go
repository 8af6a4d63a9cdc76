package sqlite

import (
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

func (w *writer) authorizationAsked(e fleet.AuthorizationAsked) (fleet.Result, error) {
	d, err := w.decide(e.Question(), "", e.Received)
	if err != nil {
		return fleet.Result{}, err
	}
	r := fleet.Result{Token: d}
	if err := w.tellDriver(e, &r); err != nil {
		return fleet.Result{}, err
	}
	return r, w.notice(e.Received, fleet.NoticeAuthorization, e.Station, struct {
		Token  fleet.IDToken        `json:"token"`
		Status fleet.TokenStatus    `json:"status"`
		Reason fleet.DecisionReason `json:"reason"`
		Detail string               `json:"detail"`
		Group  string               `json:"group,omitempty"`
	}{e.Token.Shown(), d.Status, d.Reason, d.Words(), d.Group})
}

// decide answers for a token and records one that nobody knows. transaction is as in facts.
func (w *writer) decide(q fleet.Question, transaction string, now time.Time) (fleet.Decision, error) {
	f, err := lookup(w.queryRow).facts(q, transaction)
	if err != nil {
		return fleet.Decision{}, err
	}
	d := w.o.Tokens.Decide(q, f)
	if f.Record == nil && d.Unknown {
		w.pending.tokensSeen++
		err = w.putToken(fleet.Token{IDToken: q.Token, Status: fleet.TokenUnknown, CreatedAt: now, SeenAt: q.Station})
	}
	return d, err
}

// decideInTransaction answers for the token of an event of t, which is found or new. A transaction that was accepted
// keeps its place among those at once, and one that was refused for want of a place does not get it by a repetition.
func (w *writer) decideInTransaction(t known, found bool, e fleet.TransactionEvent, content []byte) (fleet.Decision, error) {
	q := t.question(e)
	again := false
	if found && q.Purpose == fleet.PurposeStart {
		mine := t.history.Token.Set && t.history.Token.V.Fold() == q.Token.Fold()
		q.Held = t.history.Ended || mine && t.decision == fleet.TokenAccepted
		again = mine && t.decision == fleet.TokenConcurrent
	}
	d, err := w.decide(q, t.id, e.Received)
	if err != nil || !again || !d.Accepted() {
		return d, err
	}
	repeated, err := w.hasEvent(t.ref, e, content)
	if err != nil || !repeated {
		return d, err
	}
	var reason fleet.DecisionReason
	var detail string
	_, err = w.queryRow("SELECT decision_reason, decision_detail FROM transactions WHERE ref = ?", []any{t.ref}, []any{&reason, &detail})
	return d.Again(t.decision, reason, detail), err
}

// question is what an event asks, with what its transaction has said before of its place.
func (t *known) question(e fleet.TransactionEvent) fleet.Question {
	q := e.Question()
	if q.EVSE == 0 {
		q.EVSE = t.history.EVSE.V
	}
	return q
}

// keepDecision keeps with a transaction what was decided about the tokens that its latest event brought: that of the
// start, and that of the end, as before tells them from those that were there.
func (w *writer) keepDecision(t *known, before fleet.History, e fleet.TransactionEvent, d fleet.Decision) error {
	if t.history.Token != before.Token || t.freed(e, d) {
		t.decision = d.Status
		if d.Accepted() && t.history.Token.Set {
			t.limits = t.limits.Ask(d.Limit, fleet.LimitOfToken, e.Received)
		}
		err := w.exec(`UPDATE transactions SET decision = ?, decision_reason = ?, decision_detail = ?, token_group = ?, token_group_key = ?
			WHERE ref = ?`, string(d.Status), string(d.Reason), d.Words(), d.Group, fleet.FoldGroup(d.Group), t.ref)
		if err != nil {
			return err
		}
	}
	if t.history.StopToken != before.StopToken {
		return w.exec("UPDATE transactions SET stop_decision = ?, stop_decision_reason = ? WHERE ref = ?", string(d.Status), string(d.Reason), t.ref)
	}
	return nil
}

// freed reports whether a transaction that was refused for want of a place has got one: the driver has shown the token
// again.
func (t *known) freed(e fleet.TransactionEvent, d fleet.Decision) bool {
	return t.decision == fleet.TokenConcurrent && e.Token != nil && !e.Ends() && d.Accepted() && t.history.Token.V.Fold() == e.Token.Fold()
}

// selectToken prefers records that the operator made to tokens that were only seen, then the record of the token's own
// type to one without a type. A token without a type takes the first of any type.
const selectToken = `SELECT ` + tokenColumns + ` FROM tokens
	WHERE value = ? AND (type = ? OR type = '' OR ? = '')
	ORDER BY CASE WHEN status = 'Unknown' THEN 1 ELSE 0 END, CASE WHEN type = ? THEN 0 ELSE 1 END, type LIMIT 1`

func tokenKey(t fleet.IDToken) []any {
	t = t.Fold()
	return []any{t.Value, t.Type, t.Type, t.Type}
}

// exactToken finds the record of this value and this type; nil when there is none.
func (w *writer) exactToken(t fleet.IDToken) (*fleet.Token, error) {
	var record fleet.Token
	key := t.Fold()
	found, err := w.queryRow("SELECT "+tokenColumns+" FROM tokens WHERE value = ? AND type = ?", []any{key.Value, key.Type}, tokenFields(&record))
	if err != nil || !found {
		return nil, err
	}
	return &record, nil
}

func (w *writer) putToken(t fleet.Token) error {
	w.prepaid = w.prepaid || t.Credit != ""
	key := t.Fold()
	return w.exec(`INSERT INTO tokens (value, type, shown_value, shown_type, status, group_value, group_key, expiry, note,
				created_at, updated_at, seen_at, valid_from, zone, hours, places, concurrent, language, message, tariff,
				credit, transaction_limit, priority)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (value, type) DO UPDATE SET shown_value = excluded.shown_value, shown_type = excluded.shown_type,
			status = excluded.status, group_value = excluded.group_value, group_key = excluded.group_key,
			expiry = excluded.expiry, note = excluded.note, updated_at = excluded.updated_at, seen_at = excluded.seen_at,
			valid_from = excluded.valid_from, zone = excluded.zone, hours = excluded.hours, places = excluded.places,
			concurrent = excluded.concurrent, language = excluded.language, message = excluded.message,
			tariff = excluded.tariff, credit = excluded.credit, transaction_limit = excluded.transaction_limit,
			priority = excluded.priority`,
		key.Value, key.Type, t.Value, t.Type, string(t.Status), t.Group, fleet.FoldGroup(t.Group), at(t.Expiry), t.Note,
		fleet.Micros(t.CreatedAt), at(t.UpdatedAt), t.SeenAt,
		at(t.ValidFrom), t.Hours.Zone, asJSON{t.Hours.Periods}, asJSON{t.Places}, t.Concurrent, t.Language, t.Message, t.Tariff,
		string(t.Credit), objectJSON{t.Limit}, t.Priority)
}

// manageToken stores what the operator says of a token. What was only seen and what the record covers from now on goes:
// a record without a type covers every type, and one with a type what 1.6 saw without one.
func (w *writer) manageToken(t fleet.Token, now time.Time) error {
	if err := w.putToken(t); err != nil {
		return err
	}
	w.pending.tokens = true
	key := t.Fold()
	err := w.exec("DELETE FROM tokens WHERE value = ? AND status = 'Unknown' AND type <> ? AND (type = '' OR ? = '')",
		key.Value, key.Type, key.Type)
	if err != nil {
		return err
	}
	return w.tokenNotice(t, now)
}

func (w *writer) tokenNotice(t fleet.Token, now time.Time) error {
	return w.notice(now, fleet.NoticeTokenChanged, "", struct {
		Token  fleet.IDToken     `json:"token"`
		Status fleet.TokenStatus `json:"status"`
		Group  string            `json:"group,omitempty"`
		Expiry time.Time         `json:"expiry,omitzero"`
		Tariff string            `json:"tariff,omitempty"`
		Credit fleet.Decimal     `json:"credit,omitempty"`
	}{t.Shown(), t.Status, t.Group, fleet.Instant(t.Expiry), t.Tariff, t.Credit})
}

func (w *writer) deleteToken(t fleet.IDToken) error {
	key := t.Fold()
	n, err := w.execCount("DELETE FROM tokens WHERE value = ? AND type = ?", key.Value, key.Type)
	if err != nil {
		return err
	}
	if n == 0 {
		return store.ErrNotFound
	}
	w.pending.tokens = true
	return w.notice(time.Now(), fleet.NoticeTokenDeleted, "", struct {
		Token fleet.IDToken `json:"token"`
	}{t.Shown()})
}
