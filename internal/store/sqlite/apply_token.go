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
	shown := fleet.IDToken{Value: fleet.Clip(e.Token.Value, maxShown), Type: fleet.Clip(e.Token.Type, maxShown)}
	return fleet.Result{Token: d}, w.notice(e.Received, fleet.NoticeAuthorization, e.Station, struct {
		Token  fleet.IDToken     `json:"token"`
		Status fleet.TokenStatus `json:"status"`
	}{shown, d.Status})
}

// maxShown is how many bytes of a token are in a notice: room for every token that is allowed.
const maxShown = 4 * fleet.MaxToken

// decide answers for a token and records one that nobody knows.
func (w *writer) decide(t fleet.IDToken, station string, now time.Time) (fleet.Decision, error) {
	record, err := w.findToken(t)
	if err != nil {
		return fleet.Decision{}, err
	}
	d := w.o.Tokens.Decide(t, record, now)
	if record == nil && d.Unknown {
		err = w.putToken(fleet.Token{IDToken: t, Status: fleet.TokenUnknown, CreatedAt: now, SeenAt: station})
	}
	return d, err
}

// selectToken prefers the record of the token's own type to one without a type. A token without a type takes
// the first of any type, those that the operator created before those that were only seen.
const selectToken = `SELECT ` + tokenColumns + ` FROM tokens
	WHERE value = ? AND (type = ? OR type = '' OR ? = '')
	ORDER BY CASE WHEN type = ? THEN 0 ELSE 1 END, CASE WHEN seen_at = '' THEN 0 ELSE 1 END, type LIMIT 1`

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

func (w *writer) putToken(t fleet.Token) error {
	key := t.Fold()
	return w.exec(`INSERT INTO tokens (value, type, shown_value, shown_type, status, group_value, expiry, created_at, seen_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (value, type) DO UPDATE SET shown_value = excluded.shown_value, shown_type = excluded.shown_type,
			status = excluded.status, group_value = excluded.group_value, expiry = excluded.expiry, seen_at = excluded.seen_at`,
		key.Value, key.Type, t.Value, t.Type, string(t.Status), t.Group, at(t.Expiry), fleet.Micros(t.CreatedAt), t.SeenAt)
}

func (w *writer) deleteToken(t fleet.IDToken) error {
	key := t.Fold()
	n, err := w.execCount("DELETE FROM tokens WHERE value = ? AND type = ?", key.Value, key.Type)
	if err == nil && n == 0 {
		return store.ErrNotFound
	}
	return err
}
