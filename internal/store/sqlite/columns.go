package sqlite

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
)

// Value implements driver.Valuer: a place to scan a time into is a time to write, too.
func (i instant) Value() (driver.Value, error) { return at(*i.t), nil }

// asJSON is a list as a column of text. An empty list stays one.
type asJSON struct{ v any }

// Value implements driver.Valuer.
func (a asJSON) Value() (driver.Value, error) {
	b, err := json.Marshal(a.v)
	if string(b) == "null" {
		return "[]", err
	}
	return string(b), err
}

// Scan implements sql.Scanner.
func (a asJSON) Scan(v any) error {
	text, ok := v.(string)
	if !ok {
		return fmt.Errorf("a list of type %T", v)
	}
	return json.Unmarshal([]byte(text), a.v)
}

// rawJSON is any JSON value as a column of text; NULL is none.
type rawJSON struct{ v *json.RawMessage }

// Value implements driver.Valuer.
func (r rawJSON) Value() (driver.Value, error) {
	if len(*r.v) == 0 {
		return nil, nil
	}
	return string(*r.v), nil
}

// Scan implements sql.Scanner.
func (r rawJSON) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*r.v = nil
	case string:
		*r.v = json.RawMessage(v)
	default:
		return fmt.Errorf("JSON of type %T", v)
	}
	return nil
}

// objectJSON is an object as a column of text; an empty one is ”.
type objectJSON struct{ v any }

// Value implements driver.Valuer.
func (o objectJSON) Value() (driver.Value, error) {
	b, err := json.Marshal(o.v)
	if s := string(b); s == "null" || s == "{}" {
		return "", err
	}
	return string(b), err
}

// Scan implements sql.Scanner.
func (o objectJSON) Scan(v any) error {
	text, ok := v.(string)
	if !ok {
		return fmt.Errorf("an object of type %T", v)
	}
	if text == "" {
		return nil
	}
	return json.Unmarshal([]byte(text), o.v)
}
