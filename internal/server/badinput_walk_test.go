package server

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// walk sends an operation everything that it forbids.
func (w *walker) walk(op operation) {
	target := w.target(op, nil)
	for _, p := range op.parameters {
		w.badParameter(op, p)
	}
	w.refuse(probe{kind: "unknown parameter", method: op.method, target: target + "?nothing=1", place: "nothing"})
	w.refuse(probe{kind: "query that cannot be read", method: op.method, target: target + "?a=%zz"})
	if op.body == nil {
		return
	}
	w.badBodies(op, target)
	valid, ok := w.example(*op.body).(map[string]any)
	if !ok {
		w.t.Fatalf("%s %s: the body is no object", op.method, op.path)
	}
	w.badFields(op, target, *op.body, "", func(change func(map[string]any)) []byte {
		body := maps.Clone(valid)
		change(body)
		return encode(body)
	})
}

// badParameter makes one parameter wrong in every way.
func (w *walker) badParameter(op operation, p parameter) {
	for kind, value := range w.badTexts(p) {
		q := probe{kind: p.in + " " + kind, method: op.method, target: w.target(op, nil), place: p.name}
		switch p.in {
		case "path":
			q.target = w.target(op, map[string]string{p.name: value})
		case "query":
			q.target += "?" + url.QueryEscape(p.name) + "=" + value
		case "header":
			plain, err := url.PathUnescape(value)
			if err != nil || strings.ContainsFunc(plain, func(r rune) bool { return r < ' ' || r > '~' }) {
				continue
			}
			q.header = http.Header{http.CanonicalHeaderKey(p.name): {plain}}
		}
		w.refuse(q)
	}
	if p.in == "query" {
		if kind, _ := p.schema.kind(); kind != "array" {
			value := url.QueryEscape(w.plain(p.schema))
			name := url.QueryEscape(p.name)
			w.refuse(probe{
				kind: "query twice", method: op.method, place: p.name,
				target: w.target(op, nil) + "?" + name + "=" + value + "&" + name + "=" + value,
			})
		}
	}
}

// badTexts are wrong values of a parameter, escaped.
func (w *walker) badTexts(p parameter) map[string]string {
	bad := map[string]string{"NUL": "%00", "control character": "a%07b", "no UTF-8": "%FF%FE"}
	s := p.schema
	kind, _ := s.kind()
	switch {
	case s["enum"] != nil:
		bad["unknown value"] = "nothing"
	case s["format"] == "date-time":
		bad["no time"], bad["impossible time"] = "yesterday", "2026-13-45T00:00:00Z"
	case kind == "integer" || kind == "number":
		bad["no number"], bad["too large"] = "x", "99999999999999999999"
		if low, ok := s.number("minimum"); ok {
			bad["below"] = fmt.Sprint(int64(low) - 1)
		}
		if high, ok := s.number("maximum"); ok {
			bad["above"] = fmt.Sprint(int64(high) + 1)
		}
		if kind == "integer" {
			bad["fraction"] = "1.5"
		}
	case kind == "boolean":
		bad["no boolean"] = "perhaps"
	case p.name == "cursor":
		bad["no cursor"] = "nothing!"
	}
	if longest, ok := s.number("maxLength"); ok {
		bad["too long"] = strings.Repeat("x", int(longest)+1)
	}
	if kind == "string" && s["enum"] == nil && s["maxLength"] == nil && p.in != "header" {
		bad["far too long"] = strings.Repeat("x", 20_000)
	}
	return bad
}

// badBodies are wrong as a whole.
func (w *walker) badBodies(op operation, target string) {
	valid := encode(w.example(*op.body))
	for kind, body := range map[string]string{
		"no JSON": `{"a":`, "two values": string(valid) + "{}", "a list": "[]", "a text": `"x"`, "null": "null", "a number": "1",
		"no UTF-8": "{\"a\":\"\xff\"}", "NUL in a name": `{"a\u0000":1}`, "trailing text": string(valid) + "x",
		"very deep": strings.Repeat(`{"a":`, 20_000) + "1" + strings.Repeat("}", 20_000),
	} {
		w.refuse(probe{kind: "body: " + kind, method: op.method, target: target, contentType: "application/json", body: []byte(body)})
	}
	huge := append(slices.Clip(w.huge), valid...)
	w.refuse(probe{kind: "body: huge", method: op.method, target: target, contentType: "application/json", body: huge})
	for _, contentType := range []string{"text/plain", "application/xml", "multipart/form-data; boundary=x", "nonsense"} {
		w.refuse(probe{kind: "body: " + contentType, method: op.method, target: target, contentType: contentType, body: valid})
	}
}

// badFields makes each field of an object wrong in every way; with builds a body that is right but for a change of this
// object.
func (w *walker) badFields(op operation, target string, s schema, at string, with func(func(map[string]any)) []byte) {
	send := func(kind, place string, body []byte) {
		w.t.Helper()
		w.refuse(probe{kind: "field: " + kind, method: op.method, target: target, contentType: "application/json", body: body, place: place})
	}
	if !s.free() {
		send("unknown", at+"/nothing", with(func(o map[string]any) { o["nothing"] = 1 }))
	}
	required, _ := s["required"].([]any)
	properties, _ := s["properties"].(map[string]any)
	for name, property := range properties {
		place, p := at+"/"+name, w.resolve(property)
		if p["readOnly"] == true {
			continue
		}
		if slices.Contains(required, any(name)) {
			send("missing", place, with(func(o map[string]any) { delete(o, name) }))
		}
		for kind, value := range w.badValues(p, slices.Contains(required, any(name))) {
			send(kind, place, with(func(o map[string]any) { o[name] = value }))
		}
		good := encode(w.example(p))
		once := with(func(o map[string]any) { o[name] = json.RawMessage(`"@@"`) })
		for _, again := range []string{name, strings.ToUpper(name)} {
			twice := fmt.Sprintf("%s,%q:%s", good, again, good)
			send("twice", at+"/"+again, bytes.Replace(once, []byte(`"@@"`), []byte(twice), 1))
		}
		w.badInside(op, target, p, place, func(value any) []byte { return with(func(o map[string]any) { o[name] = value }) })
	}
}

// badInside goes into objects and lists.
func (w *walker) badInside(op operation, target string, p schema, place string, with func(value any) []byte) {
	switch kind, _ := p.kind(); kind {
	case "object":
		w.badFields(op, target, p, place, func(change func(map[string]any)) []byte {
			o, _ := w.example(p).(map[string]any)
			o = maps.Clone(o)
			change(o)
			return with(o)
		})
	case "array":
		item := w.resolve(p["items"])
		for kind, value := range w.badValues(item, true) {
			w.refuse(probe{
				kind: "item: " + kind, method: op.method, target: target, contentType: "application/json",
				body: with([]any{value}), place: place + "/0",
			})
		}
		if most, ok := p.number("maxItems"); ok && most <= 10_000 {
			w.refuse(probe{
				kind: "field: too many items", method: op.method, target: target, contentType: "application/json",
				body: with(slices.Repeat([]any{w.example(item)}, int(most)+1)), place: place,
			})
		}
		w.badInside(op, target, item, place+"/0", func(value any) []byte { return with([]any{value}) })
	}
}
