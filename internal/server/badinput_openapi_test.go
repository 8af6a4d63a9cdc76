package server

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// document reads the description that the server gives.
func (w *walker) document() {
	resp, err := w.client.Get("http://" + w.srv.APIAddr().String() + "/openapi.json")
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&w.doc); err != nil {
		w.t.Fatal(err)
	}
}

// operation is one of the description.
type operation struct {
	method, path string
	parameters   []parameter
	body         *schema // nil: none
}

// parameter is one of an operation.
type parameter struct {
	name, in string
	schema   schema
}

// schema is a JSON schema with its references resolved.
type schema map[string]any

func (w *walker) operations() (list []operation) {
	for path, item := range w.doc["paths"].(map[string]any) {
		for method, d := range item.(map[string]any) {
			if d, ok := d.(map[string]any); ok {
				list = append(list, w.operation(strings.ToUpper(method), path, d))
			}
		}
	}
	slices.SortFunc(list, func(a, b operation) int { return strings.Compare(a.path+a.method, b.path+b.method) })
	return list
}

func (w *walker) operation(method, path string, d map[string]any) operation {
	op := operation{method: method, path: path}
	parameters, _ := d["parameters"].([]any)
	for _, p := range parameters {
		p := p.(map[string]any)
		op.parameters = append(op.parameters, parameter{p["name"].(string), p["in"].(string), w.resolve(p["schema"])})
	}
	if body, ok := d["requestBody"].(map[string]any); ok {
		for _, media := range body["content"].(map[string]any) {
			s := w.resolve(media.(map[string]any)["schema"])
			op.body = &s
		}
	}
	return op
}

// resolve follows references.
func (w *walker) resolve(s any) schema {
	m, _ := s.(map[string]any)
	for m["$ref"] != nil {
		name := strings.TrimPrefix(m["$ref"].(string), "#/components/schemas/")
		m = w.doc["components"].(map[string]any)["schemas"].(map[string]any)[name].(map[string]any)
	}
	return m
}

// kind returns the type of a schema and whether null is one of it.
func (s schema) kind() (kind string, nullable bool) {
	switch t := s["type"].(type) {
	case string:
		kind = t
	case []any:
		for _, k := range t {
			if k == "null" {
				nullable = true
			} else {
				kind = k.(string)
			}
		}
	}
	return kind, nullable
}

// free reports whether anything may be in an object.
func (s schema) free() bool {
	extra, set := s["additionalProperties"]
	return set && extra != false && s["properties"] == nil
}

func (s schema) number(name string) (float64, bool) {
	n, ok := s[name].(float64)
	return n, ok
}

// target fills the parameters of a path in: with values that exist, or with those given.
func (w *walker) target(op operation, values map[string]string) string {
	path := op.path
	for _, p := range op.parameters {
		if p.in != "path" {
			continue
		}
		before, _, _ := strings.Cut(path, "{"+p.name+"}")
		value, ok := values[p.name]
		if !ok {
			if value, ok = w.ids[before]; !ok {
				value = w.plain(p.schema)
			}
			value = url.PathEscape(value)
		}
		path = strings.Replace(path, "{"+p.name+"}", value, 1)
	}
	return path
}

// plain is a value that the schema of a parameter allows.
func (w *walker) plain(s schema) string {
	switch v := w.example(s).(type) {
	case string:
		return v
	case float64:
		return fmt.Sprint(int64(v))
	default:
		return fmt.Sprint(v)
	}
}

// example is a value that a schema allows: objects have what they must have.
func (w *walker) example(s schema) any {
	kind, _ := s.kind()
	if kind != "object" && kind != "array" {
		if list, ok := s["examples"].([]any); ok && len(list) > 0 {
			return list[0]
		}
	}
	if list, ok := s["enum"].([]any); ok {
		return list[0]
	}
	switch kind {
	case "object":
		o := map[string]any{}
		required, _ := s["required"].([]any)
		for _, name := range required {
			if property, ok := s["properties"].(map[string]any)[name.(string)]; ok {
				o[name.(string)] = w.example(w.resolve(property))
			}
		}
		return o
	case "array":
		return []any{w.example(w.resolve(s["items"]))}
	case "integer", "number":
		low, _ := s.number("minimum")
		return max(low, 1)
	case "boolean":
		return true
	}
	if s["format"] == "date-time" {
		return time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC).Format(time.RFC3339)
	}
	return "x"
}
