package ocpp_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/chargeyard/chargeyard/ocpp"
)

func TestR23CustomDataIsKeptByteForByte(t *testing.T) {
	for _, raw := range []string{
		`{"vendorId":"com.example"}`,
		`{ "x" : [ 1.50 , {"\u0061":"\ud83d\ude00\/"} ] ,"vendorId" : "v"	, "x":2, "":null }`,
		`{"vendorId":"\u0076","n":1e400,"deep":` + strings.Repeat("[", 64) + strings.Repeat("]", 64) + `}`,
		`{"vendorId":"` + strings.Repeat("é", 255) + `"}`,
	} {
		for _, owned := range []bool{true, false} {
			data := []byte(`{"id":"a","count":1,"custom~/":` + raw + `}`)
			var v sample
			if err := ocpp.Unmarshal(data, &v, ocpp.DecodeOptions{Owned: owned}); err != nil {
				t.Fatalf("%s: %v", raw, err)
			}
			b, err := ocpp.Append(nil, &v, 0)
			if err != nil || string(b) != string(data) {
				t.Errorf("%s became %s, %v", data, b, err)
			}
			if err := v.Custom.Validate(); err != nil {
				t.Errorf("%s: %v", raw, err)
			}
			b, err = json.Marshal(v.Custom)
			var back ocpp.CustomData
			if err != nil || json.Unmarshal(b, &back) != nil || back.VendorID != v.Custom.VendorID {
				t.Errorf("%s, %v", b, err)
			}
		}
	}
}

func TestR23CustomDataNeedsItsVendorID(t *testing.T) {
	for raw, pointer := range map[string]string{
		`{}`:           "/custom~0~1/vendorId",
		`{"x":1}`:      "/custom~0~1/vendorId",
		`{"vendorId"}`: "/custom~0~1", `{"vendorId":1}`: "/custom~0~1/vendorId", `[]`: "/custom~0~1",
		`{"vendorId":"a","vendorId":"b"}`: "/custom~0~1/vendorId", `{"vendorId":"a","x":[}`: "/custom~0~1/x/0",
		`{"vendorId":"` + strings.Repeat("é", 256) + `"}`: "/custom~0~1/vendorId", `{"vendorId":"a","x":tru}`: "/custom~0~1/x",
	} {
		err := ocpp.Unmarshal([]byte(`{"id":"a","count":1,"custom~/":`+raw+`}`), new(sample), ocpp.DecodeOptions{})
		var bad *ocpp.ValidationError
		if !errors.As(err, &bad) || bad.Pointer != pointer {
			t.Errorf("%s: %v at %v", raw, err, bad)
		}
		c := ocpp.CustomData{Raw: json.RawMessage(raw)}
		if c.Validate() == nil {
			t.Errorf("%s: Validate accepts it", raw)
		}
	}
}

func TestNewCustomData(t *testing.T) {
	type members struct {
		VendorID string `json:"vendorId,omitempty"`
		A        int    `json:"a"`
	}
	c, err := ocpp.NewCustomData("com.example", members{A: 7})
	if err != nil || c.Validate() != nil || string(c.AppendOCPP(nil)) != `{"a":7,"vendorId":"com.example"}` {
		t.Errorf("%s, %v", c.Raw, err)
	}
	var m members
	if err := c.Into(&m); err != nil || m != (members{"com.example", 7}) {
		t.Errorf("%+v, %v", m, err)
	}
	if c, err = ocpp.NewCustomData("a\"b", nil); err != nil || c.Validate() != nil || string(c.AppendOCPP(nil)) != `{"vendorId":"a\"b"}` {
		t.Errorf("%v, %v", c, err)
	}
	for _, members := range []any{3, []int{1}, make(chan int)} {
		if _, err := ocpp.NewCustomData("v", members); err == nil {
			t.Errorf("%v accepted", members)
		}
	}
	if (&ocpp.CustomData{VendorID: strings.Repeat("v", 256)}).Validate() == nil {
		t.Error("a vendor id of 256 characters accepted")
	}
}
