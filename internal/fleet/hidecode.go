package fleet

import (
	"bytes"
	"encoding/json"
	"strings"
)

// HideCode hides the code that a driver types (C04.FR.04) in an object that is a token: in the words of OCPP 2.x or of the API. It
// changes the object.
func HideCode(object map[string]any) {
	kind, _ := object["type"].(string)
	if !strings.EqualFold(kind, KeyCode) {
		return
	}
	for _, name := range [...]string{"idToken", "value"} {
		if _, ok := object[name].(string); ok {
			object[name] = hiddenCode
		}
	}
}

// HideCodes returns a document without the codes that drivers type. One that cannot be read, and may have some, is hidden as a whole.
func HideCodes(document json.RawMessage) json.RawMessage {
	if !bytes.Contains(bytes.ToLower(document), []byte("keycode")) { // as of most
		return document
	}
	d := json.NewDecoder(bytes.NewReader(document))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return nil
	}
	hideCodesIn(v)
	shown, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	return shown
}

func hideCodesIn(v any) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			hideCodesIn(item)
		}
	case map[string]any:
		HideCode(v)
		for _, item := range v {
			hideCodesIn(item)
		}
	}
}
