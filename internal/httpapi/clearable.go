package httpapi

import (
	"bytes"
	"encoding/json"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

// Clearable is a property of a change (JSON Merge Patch, RFC 7396): left out it stays, null clears it. The zero
// Clearable was left out.
type Clearable[T any] struct {
	Sent  bool
	Value T // zero for null
}

// UnmarshalJSON notes that the property was sent.
func (c *Clearable[T]) UnmarshalJSON(b []byte) error {
	*c = Clearable[T]{Sent: true}
	if bytes.Equal(b, []byte("null")) {
		return nil
	}
	return json.Unmarshal(b, &c.Value)
}

// Schema describes a T or null.
func (Clearable[T]) Schema(r huma.Registry) *huma.Schema {
	s := *r.Schema(reflect.TypeFor[T](), false, "") // a reference could not be null
	s.Nullable = true
	return &s
}

// apply sets a field if the property was sent.
func (c Clearable[T]) apply(field *T) {
	if c.Sent {
		*field = c.Value
	}
}
