package httpapi

import (
	"strings"
	"testing"
)

// Half of a surrogate pair is no character: to take it would store another one.
func TestHalfOfASurrogatePairIsRefused(t *testing.T) {
	for body, pointer := range map[string]string{
		`{"id":"x\ud800"}`:            "/id",
		`{"id":"\uD800x"}`:            "/id",
		`{"id":"\udc00\ud800"}`:       "/id",
		`{"id":"\ud83d\ud83d\ude00"}`: "/id",
		`{"a":[1 , "\\\ud800"]}`:      "/a/1",
		`{"\udfff":1}`:                "/\uFFFD",
		`{"payload":{"v":"\ud800"}}`:  "/payload/v",
		`{"id":"\ud83d\ude00"}`:       "none",
		`{"id":"\\ud800"}`:            "none",
		`{"id":"\uFFFD"}`:             "none",
		`{"id":"\uFFFD\ud83d\ude00"}`: "none",
		`{"id":"\uFFFDu d800"}`:       "none",
	} {
		place := "none"
		if err := checkJSON([]byte(body)); err != nil {
			fault, _ := parseMisplaced(err.Error())
			if place = fault.Pointer; !strings.Contains(fault.Detail, "surrogate") {
				t.Errorf("%s: %v", body, fault)
			}
		}
		if place != strings.ReplaceAll(pointer, `\uFFFD`, "\uFFFD") {
			t.Errorf("%s: refused at %q, want %q", body, place, pointer)
		}
	}
}
