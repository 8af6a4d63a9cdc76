package fleet

import "testing"

func TestCodesOfDriversAreHidden(t *testing.T) {
	for document, want := range map[string]string{
		`{"idToken":{"idToken":"1234","type":"KeyCode"}}`:                         `{"idToken":{"idToken":"****","type":"KeyCode"}}`,
		`{"tokens":[{"value":"1234","type":"keycode"},{"value":"A","type":"X"}]}`: `{"tokens":[{"type":"keycode","value":"****"},{"type":"X","value":"A"}]}`,
		`{"idToken":{"idToken":"1234","type":"Central"},"n":9007199254740993}`:    `{"idToken":{"idToken":"1234","type":"Central"},"n":9007199254740993}`,
		`{"type":"KeyCode","n":9007199254740993}`:                                 `{"n":9007199254740993,"type":"KeyCode"}`,
		`{"idToken":"KeyCode`: ``,
		``:                    ``,
	} {
		if got := string(HideCodes([]byte(document))); got != want {
			t.Errorf("%s: %s, want %s", document, got, want)
		}
	}
}
