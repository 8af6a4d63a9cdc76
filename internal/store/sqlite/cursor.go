package sqlite

import (
	"encoding/base64"
	"encoding/json"

	"github.com/chargeyard/chargeyard/internal/store"
)

// A cursor is where the previous page ended: a short list of keys as JSON in base64, opaque to callers.

func makeCursor(keys ...any) string {
	b, err := json.Marshal(keys)
	if err != nil {
		return "" // cannot happen: keys are strings and integers
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// readCursor reads a cursor into dest. ok is false for the empty cursor, which begins a list.
func readCursor(cursor string, dest ...any) (ok bool, err error) {
	if cursor == "" {
		return false, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return false, store.ErrCursor
	}
	var keys []json.RawMessage
	if json.Unmarshal(b, &keys) != nil || len(keys) != len(dest) {
		return false, store.ErrCursor
	}
	for i, d := range dest {
		if json.Unmarshal(keys[i], d) != nil {
			return false, store.ErrCursor
		}
	}
	return true, nil
}
