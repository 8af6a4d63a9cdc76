package sqlite

import (
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

func (w *writer) authorizationAsked(e fleet.AuthorizationAsked) (fleet.Result, error) {
	d, err := w.decide(e.Token, e.Station, e.Received)
	if err != nil {
		return fleet.Result{}, err
	}
	return fleet.Result{Token: d}, w.notice(e.Received, fleet.NoticeAuthorization, e.Station, struct {
		Token  fleet.IDToken        `json:"token"`
		Status fleet.TokenStatus    `json:"status"`
		Reason fleet.DecisionReason `json:"reason"`
		Detail string               `json:"detail"`
		Group  string               `json:"group,omitempty"`
	}{e.Token.Shown(), d.Status, d.Reason, d.Words(), d.Group})
}

// decide answers for a token and records one that nobody knows.
func (w *writer) decide(t fleet.IDToken, station string, now time.Time) (fleet.Decision, error) {
	record, err := w.findToken(t)
	if err != nil {
		return fleet.Decision{}, err
	}
	d := w.o.Tokens.Decide(t, record, now)
	if record == nil && d.Unknown {
		w.pending.tokensSeen++
		err = w.putToken(fleet.Token{IDToken: t, Status: fleet.TokenUnknown, CreatedAt: now, SeenAt: station})
	}
	return d, err
}

// keepDecision keeps with a transaction what was decided about the tokens that its latest event brought: that of the
// start, and that of the end, as before tells them from those that were there.
func (w *writer) keepDecision(t *known, before fleet.History, d fleet.Decision) error {
	if t.history.Token != before.Token {
		err := w.exec("UPDATE transactions SET decision_reason = ?, decision_detail = ? WHERE ref = ?", string(d.Reason), d.Words(), t.ref)
		if err != nil {
			return err
		}
	}
	if t.history.StopToken != before.StopToken {
		return w.exec("UPDATE transactions SET stop_decision = ?, stop_decision_reason = ? WHERE ref = ?", string(d.Status), string(d.Reason), t.ref)
	}
	return nil
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

func (w *writer) findToken(t fleet.IDToken) (*fleet.Token, error) {
	var record fleet.Token
	found, err := w.queryRow(selectToken, tokenKey(t), tokenFields(&record))
	if err != nil || !found {
		return nil, err
	}
	return &record, nil
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
	key := t.Fold()
	return w.exec(`INSERT INTO tokens (value, type, shown_value, shown_type, status, group_value, group_key, expiry, note,
				created_at, updated_at, seen_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (value, type) DO UPDATE SET shown_value = excluded.shown_value, shown_type = excluded.shown_type,
			status = excluded.status, group_value = excluded.group_value, group_key = excluded.group_key,
			expiry = excluded.expiry, note = excluded.note, updated_at = excluded.updated_at, seen_at = excluded.seen_at`,
		key.Value, key.Type, t.Value, t.Type, string(t.Status), t.Group, foldGroup(t.Group), at(t.Expiry), t.Note,
		fleet.Micros(t.CreatedAt), at(t.UpdatedAt), t.SeenAt)
}

// foldGroup returns the key of a group, which is the value of a token.
func foldGroup(group string) string { return fleet.IDToken{Value: group}.Fold().Value }

// manageToken stores what the operator says of a token. What was only seen and what the record covers from now on goes:
// a record without a type covers every type, and one with a type what 1.6 saw without one.
func (w *writer) manageToken(t fleet.Token, now time.Time) error {
	if err := w.putToken(t); err != nil {
		return err
	}
	key := t.Fold()
	err := w.exec("DELETE FROM tokens WHERE value = ? AND status = 'Unknown' AND type <> ? AND (type = '' OR ? = '')",
		key.Value, key.Type, key.Type)
	if err != nil {
		return err
	}
	return w.notice(now, fleet.NoticeTokenChanged, "", struct {
		Token  fleet.IDToken     `json:"token"`
		Status fleet.TokenStatus `json:"status"`
		Group  string            `json:"group,omitempty"`
		Expiry time.Time         `json:"expiry,omitzero"`
	}{t.Shown(), t.Status, t.Group, fleet.Instant(t.Expiry)})
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
	return w.notice(time.Now(), fleet.NoticeTokenDeleted, "", struct {
		Token fleet.IDToken `json:"token"`
	}{t.Shown()})
}
