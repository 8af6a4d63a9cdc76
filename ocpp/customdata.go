package ocpp

import (
	"encoding/json"
	"slices"

	"github.com/chargeyard/chargeyard/internal/jsonwire"
)

// maxVendorID is the maxLength of CustomDataType.vendorId in OCPP 2.0.1 and 2.1.
const maxVendorID = 255

// CustomData is a vendor's own data in a message of OCPP 2.x. All its members, known or not, are kept byte for
// byte (rule R23).
type CustomData struct {
	VendorID string          // required, at most 255 characters
	Raw      json.RawMessage // the whole object, vendorId included; nil is an object with vendorId only
}

// NewCustomData makes custom data of members, which encoding/json must encode as an object; its vendorId is
// overwritten with vendorID. Nil members are none.
func NewCustomData(vendorID string, members any) (*CustomData, error) {
	if members == nil {
		return &CustomData{VendorID: vendorID}, nil
	}
	b, err := json.Marshal(members)
	if err != nil {
		return nil, err
	}
	object := map[string]json.RawMessage{}
	if err := json.Unmarshal(b, &object); err != nil {
		return nil, err
	}
	object["vendorId"] = jsonwire.AppendString(nil, vendorID)
	raw, err := json.Marshal(object)
	return &CustomData{VendorID: vendorID, Raw: raw}, err
}

// Into decodes the members into v by encoding/json.
func (c *CustomData) Into(v any) error { return json.Unmarshal(c.AppendOCPP(nil), v) }

// DecodeOCPP reads the object at the cursor.
func (c *CustomData) DecodeOCPP(d *jsonwire.Decoder) bool {
	if !d.Object() {
		return false
	}
	start := d.Offset() - 1
	seen := false
	for key, more := d.First(); more; key, more = d.Next() {
		if key != "vendorId" {
			d.SkipUnknown()
		} else if d.Str(&c.VendorID, maxVendorID) {
			if seen && !d.Duplicate(key) {
				return false
			}
			seen = true
		}
		if d.Failed() {
			return false
		}
	}
	if d.Failed() || !seen && !d.Missing(1, "vendorId") {
		return false
	}
	c.Raw = d.Since(start)
	return true
}

// AppendOCPP appends the object as it came, or one with vendorId only.
func (c *CustomData) AppendOCPP(b []byte) []byte {
	if len(c.Raw) != 0 {
		return append(b, c.Raw...)
	}
	b = append(b, `{"vendorId":`...)
	return append(jsonwire.AppendString(b, c.VendorID), '}')
}

// Validate checks the object: Raw must hold one, with vendorId.
func (c *CustomData) Validate() error {
	if len(c.Raw) == 0 {
		return CheckString("vendorId", c.VendorID, maxVendorID)
	}
	var d jsonwire.Decoder
	var read CustomData
	d.Reset(c.Raw, jsonwire.Options{Policy: uint32(Strict), Owned: true})
	if !read.DecodeOCPP(&d) || !d.End() {
		return DecodeError(&d)
	}
	return nil
}

// MarshalJSON encodes the object as it came.
func (c CustomData) MarshalJSON() ([]byte, error) { return c.AppendOCPP(nil), nil }

// UnmarshalJSON keeps a copy of the object.
func (c *CustomData) UnmarshalJSON(b []byte) error {
	*c = CustomData{}
	return unmarshalValue(slices.Clone(b), c)
}
