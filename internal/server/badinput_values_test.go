package server

import (
	"encoding/json"
	"strings"
)

// badValues are values that a schema forbids.
func (w *walker) badValues(s schema, required bool) map[string]any {
	bad := map[string]any{}
	kind, nullable := s.kind()
	for other, value := range map[string]any{"string": "text", "number": 1.5, "boolean": true, "object": map[string]any{}, "array": []any{}} {
		if kind != "" && other != kind && (kind != "integer" || other != "number") {
			bad["a "+other] = value
		}
	}
	if required && !nullable && kind != "" {
		bad["null"] = nil // where a field may be left out, null means that it is
	}
	switch kind {
	case "string":
		bad["NUL"] = "a\x00b"
		badStrings(bad, s)
	case "integer", "number":
		badNumbers(bad, s, kind)
	}
	return bad
}

func badStrings(bad map[string]any, s schema) {
	if s["enum"] != nil {
		bad["unknown value"] = "nothing"
	}
	if s["format"] == "date-time" {
		bad["no time"], bad["impossible time"] = "yesterday", "2026-13-45T00:00:00Z"
	}
	if n, ok := s.number("maxLength"); ok {
		bad["too long"] = strings.Repeat("x", int(n)+1)
	}
	if n, ok := s.number("minLength"); ok && n > 0 {
		bad["too short"] = strings.Repeat("x", int(n)-1)
	}
}

func badNumbers(bad map[string]any, s schema, kind string) {
	if kind == "integer" {
		bad["fraction"], bad["above 64 bits"] = 1.5, json.RawMessage("99999999999999999999")
	}
	bad["above a float"] = json.RawMessage("1e400")
	if n, ok := s.number("minimum"); ok {
		bad["below"] = n - 1
	}
	if n, ok := s.number("maximum"); ok {
		bad["above"] = n + 1
	}
}
