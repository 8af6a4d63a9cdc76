package ocpp_test

import (
	"encoding/json"

	"github.com/chargeyard/chargeyard/internal/jsonwire"
	"github.com/chargeyard/chargeyard/ocpp"
)

// sample has a field of every kind, and the methods that the generator would give it.
type sample struct {
	ID     string // required, at most 5 characters
	Count  int    // required, 0..9
	At     ocpp.Time
	Kind   color
	Label  ocpp.Opt[string]
	Limit  ocpp.Opt[ocpp.Decimal] // a multiple of 0.1
	Flag   ocpp.Opt[bool]
	Nested *sample
	List   []color // 1..2 items
	Data   json.RawMessage
	Custom *ocpp.CustomData
}

type color string

const (
	red  color = "Red"
	blue color = "Blue"
)

func (v *color) DecodeOCPP(d *jsonwire.Decoder) bool {
	s, ok := d.Text()
	if !ok {
		return false
	}
	switch s {
	case "Red":
		*v = red
	case "Blue":
		*v = blue
	default:
		return d.UnknownEnum((*string)(v), s)
	}
	return true
}

func (v color) Known() bool { return v == red || v == blue }

func (v *sample) DecodeOCPP(d *jsonwire.Decoder) bool {
	if !d.Object() {
		return false
	}
	var seen uint64
	for key, more := d.First(); more; key, more = d.Next() {
		bit, ok := v.member(d, key)
		if !ok {
			if d.Failed() {
				return false
			}
			continue
		}
		if seen&bit != 0 && !d.Duplicate(key) {
			return false
		}
		seen |= bit
	}
	if seen&0x3 != 0x3 {
		return d.Missing(0x3&^seen, "id,count")
	}
	return !d.Failed()
}

func (v *sample) member(d *jsonwire.Decoder, key string) (bit uint64, ok bool) {
	switch key {
	case "id":
		return 1 << 0, d.Str(&v.ID, 5)
	case "count":
		return 1 << 1, d.Int(&v.Count, 0, 9) && (v.Count != 7 || d.Spec("must not be seven"))
	case "at":
		return 1 << 2, v.At.DecodeOCPP(d)
	case "kind":
		return 1 << 3, v.Kind.DecodeOCPP(d)
	case "label":
		if ok = d.Str(v.Label.Set(), 3); !ok {
			v.Label.Clear()
		}
		return 1 << 4, ok
	case "limit":
		if ok = v.Limit.Set().DecodeTenths(d); !ok {
			v.Limit.Clear()
		}
		return 1 << 5, ok
	case "flag":
		if ok = d.Bool(v.Flag.Set()); !ok {
			v.Flag.Clear()
		}
		return 1 << 6, ok
	case "nested":
		x := new(sample)
		if ok = x.DecodeOCPP(d); ok {
			v.Nested = x
		}
		return 1 << 7, ok
	case "list":
		return 1 << 8, jsonwire.List(d, &v.List, 1, 2, (*color).DecodeOCPP)
	case "data":
		return 1 << 9, d.Raw(&v.Data)
	case "custom~/":
		x := new(ocpp.CustomData)
		if ok = x.DecodeOCPP(d); ok {
			v.Custom = x
		}
		return 1 << 10, ok
	}
	return 0, d.Unknown()
}

func (v *sample) AppendOCPP(b []byte) []byte {
	b = append(b, `{"id":`...)
	b = jsonwire.AppendString(b, v.ID)
	b = append(b, `,"count":`...)
	b = jsonwire.AppendInt(b, int64(v.Count))
	if !v.At.IsZero() {
		b = v.At.AppendOCPP(append(b, `,"at":`...))
	}
	if v.Kind != "" {
		b = jsonwire.AppendString(append(b, `,"kind":`...), string(v.Kind))
	}
	if x, ok := v.Limit.Get(); ok {
		b = x.AppendOCPP(append(b, `,"limit":`...))
	}
	if v.Nested != nil {
		b = v.Nested.AppendOCPP(append(b, `,"nested":`...))
	}
	if len(v.List) != 0 {
		b = jsonwire.AppendEnums(append(b, `,"list":`...), v.List)
	}
	if v.Custom != nil {
		b = v.Custom.AppendOCPP(append(b, `,"custom~/":`...))
	}
	return append(b, '}')
}

func (v *sample) Validate() error {
	if err := ocpp.CheckString("id", v.ID, 5); err != nil {
		return err
	}
	if err := ocpp.CheckInt("count", int64(v.Count), 0, 9); err != nil {
		return err
	}
	if v.Kind != "" {
		if err := ocpp.CheckEnum("kind", string(v.Kind), v.Kind.Known()); err != nil {
			return err
		}
	}
	if v.Nested != nil {
		if err := ocpp.Within("nested", v.Nested.Validate()); err != nil {
			return err
		}
	}
	for i := range v.List {
		if err := ocpp.WithinItem("list", i, ocpp.CheckEnum("", string(v.List[i]), v.List[i].Known())); err != nil {
			return err
		}
	}
	return nil
}
