package ocpp

import (
	"encoding/json"
	"fmt"
)

// Opt is an optional scalar without a pointer. The zero Opt is absent, so that absent and zero differ.
type Opt[T any] struct {
	v  T
	ok bool
}

// Some returns an Opt that holds v.
func Some[T any](v T) Opt[T] { return Opt[T]{v, true} }

// Get returns the value and whether there is one.
func (o Opt[T]) Get() (T, bool) { return o.v, o.ok }

// Or returns the value, or def when there is none.
func (o Opt[T]) Or(def T) T {
	if o.ok {
		return o.v
	}
	return def
}

// IsZero reports whether the value is absent; encoding/json's omitzero asks it.
func (o Opt[T]) IsZero() bool { return !o.ok }

// Set makes the value present and returns where to store it.
func (o *Opt[T]) Set() *T {
	o.ok = true
	return &o.v
}

// Clear makes the value absent.
func (o *Opt[T]) Clear() { *o = Opt[T]{} }

// MarshalJSON encodes the value, and null when it is absent.
func (o Opt[T]) MarshalJSON() ([]byte, error) {
	if !o.ok {
		return []byte("null"), nil
	}
	return json.Marshal(o.v)
}

// UnmarshalJSON decodes a value; null makes it absent, and so does an error.
func (o *Opt[T]) UnmarshalJSON(b []byte) error {
	o.Clear()
	if string(b) == "null" {
		return nil
	}
	if err := json.Unmarshal(b, &o.v); err != nil {
		o.Clear()
		return err
	}
	o.ok = true
	return nil
}

// String returns the value as fmt prints it, and "absent" when there is none.
func (o Opt[T]) String() string {
	if !o.ok {
		return "absent"
	}
	return fmt.Sprint(o.v)
}
