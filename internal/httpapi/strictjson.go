package httpapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
)

// strictFormats are huma's formats of bodies, but for what encoding/json puts up with and we do not: two properties of one
// name, of which one would win, bytes that are not UTF-8, and NUL in texts, which no database and no station likes.
func strictFormats() map[string]huma.Format {
	strict := huma.Format{Marshal: huma.DefaultJSONFormat.Marshal, Unmarshal: unmarshalStrict}
	return map[string]huma.Format{"application/json": strict, "json": strict}
}

// unmarshalStrict checks what huma reads first, for validation; it reads the same again into the type of the body.
func unmarshalStrict(data []byte, v any) error {
	if _, first := v.(*any); first {
		if err := checkJSON(data); err != nil {
			return err
		}
	}
	return huma.DefaultJSONFormat.Unmarshal(data, v)
}

// placeMark is between pointer and detail in the text of a misplaced: huma passes on the text of an error only.
const placeMark = "\x00"

// misplaced is an error at a place of a body.
type misplaced struct{ pointer, detail string }

func (e misplaced) Error() string { return e.pointer + placeMark + e.detail }

// parseMisplaced takes the text of a misplaced apart.
func parseMisplaced(text string) (Fault, bool) {
	place, detail, ok := strings.Cut(text, placeMark)
	return Fault{Detail: detail, Pointer: place}, ok
}

// maxJSONDepth is how deep a body may be nested: OCPP needs less than ten.
const maxJSONDepth = 100

// checkJSON refuses what strictFormats is about. What is no JSON at all is left to encoding/json, which says where.
func checkJSON(data []byte) error {
	if !utf8.Valid(data) {
		return misplaced{"", "the body is not UTF-8"}
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	return checkValue(d, "", 0, false)
}

// checkValue checks the next value. In one that is exact, names that differ in upper and lower case are two; elsewhere
// they name the same field of ours.
func checkValue(d *json.Decoder, at string, depth int, exact bool) error {
	token, err := d.Token()
	if err != nil {
		return nil //nolint:nilerr // encoding/json says it better
	}
	switch t := token.(type) {
	case string:
		return checkText(t, at)
	case json.Number:
		if _, err := strconv.ParseFloat(t.String(), 64); err != nil {
			return misplaced{at, "this number is out of range"}
		}
	case json.Delim:
		if depth++; depth > maxJSONDepth {
			return misplaced{"", fmt.Sprintf("it is nested deeper than %d levels", maxJSONDepth)}
		}
		if t == '{' {
			return checkObject(d, at, depth, exact)
		}
		return checkList(d, at, depth, exact)
	}
	return nil
}

func checkText(text, at string) error {
	if strings.ContainsRune(text, 0) {
		return misplaced{at, "it has a NUL character"}
	}
	return nil
}

func checkList(d *json.Decoder, at string, depth int, exact bool) error {
	for i := 0; d.More(); i++ {
		if err := checkValue(d, fmt.Sprintf("%s/%d", at, i), depth, exact); err != nil {
			return err
		}
	}
	return closeJSON(d)
}

func checkObject(d *json.Decoder, at string, depth int, exact bool) error {
	seen := map[string]bool{}
	for d.More() {
		token, err := d.Token()
		name, ok := token.(string)
		if err != nil || !ok {
			return nil //nolint:nilerr // encoding/json says it better
		}
		place, key := at+"/"+pointerEscape.Replace(name), name
		if !exact {
			key = strings.ToLower(name)
		}
		if seen[key] {
			return misplaced{place, "it is there twice"}
		}
		seen[key] = true
		if err := checkText(name, place); err != nil {
			return err
		}
		if err := checkValue(d, place, depth, exact || name == freeForm); err != nil {
			return err
		}
	}
	return closeJSON(d)
}

// freeForm is the property that holds what is not ours: the request to a station.
const freeForm = "payload"

// closeJSON reads the end of an object or a list.
func closeJSON(d *json.Decoder) error {
	if _, err := d.Token(); err != nil {
		return nil //nolint:nilerr // encoding/json says it better
	}
	return nil
}
