package httpapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
)

// strictFormats are huma's formats of bodies, but for what encoding/json puts up with and we do not: two properties of one
// name, of which one would win, bytes that are not UTF-8, half of a surrogate pair, which would become another character, and
// NUL in texts, which no database and no station likes.
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
	d := bodyReader{json.NewDecoder(bytes.NewReader(data)), data}
	d.UseNumber()
	return checkValue(d, "", 0, false)
}

// bodyReader reads a body and knows how its tokens were written.
type bodyReader struct {
	*json.Decoder
	data []byte
}

// next returns the next token, and how it was written with what is before it.
func (d bodyReader) next() (token json.Token, written []byte, err error) {
	begun := d.InputOffset()
	token, err = d.Token()
	return token, d.data[begun:d.InputOffset()], err
}

// checkValue checks the next value. In one that is exact, names that differ in upper and lower case are two; elsewhere
// they name the same field of ours.
func checkValue(d bodyReader, at string, depth int, exact bool) error {
	token, written, err := d.next()
	if err != nil {
		return nil //nolint:nilerr // encoding/json says it better
	}
	switch t := token.(type) {
	case string:
		return checkText(t, written, at)
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

func checkText(text string, written []byte, at string) error {
	if strings.ContainsRune(text, 0) {
		return misplaced{at, "it has a NUL character"}
	}
	if strings.ContainsRune(text, utf8.RuneError) && hasHalfPair(written) {
		return misplaced{at, "it has half of a surrogate pair, which is no character"}
	}
	return nil
}

// hasHalfPair reports whether a valid JSON string escapes half of a surrogate pair (RFC 8259, 8.2).
func hasHalfPair(written []byte) bool {
	for i := bytes.IndexByte(written, '"'); i >= 0 && i < len(written); i++ {
		if written[i] != '\\' {
			continue
		}
		i++ // what follows the backslash, which may be another
		if first := escapedUnit(written[i:]); utf16.IsSurrogate(first) {
			if utf16.DecodeRune(first, escapedUnit(bytes.TrimPrefix(written[i+5:], []byte{'\\'}))) == utf8.RuneError {
				return true
			}
			i += 6
		}
	}
	return false
}

// escapedUnit reads u and four hex digits, 0 when there is something else.
func escapedUnit(escape []byte) rune {
	if len(escape) < 5 || escape[0] != 'u' {
		return 0
	}
	n, err := strconv.ParseUint(string(escape[1:5]), 16, 16)
	if err != nil {
		return 0
	}
	return rune(n)
}

func checkList(d bodyReader, at string, depth int, exact bool) error {
	for i := 0; d.More(); i++ {
		if err := checkValue(d, fmt.Sprintf("%s/%d", at, i), depth, exact); err != nil {
			return err
		}
	}
	return closeJSON(d)
}

func checkObject(d bodyReader, at string, depth int, exact bool) error {
	seen := map[string]bool{}
	for d.More() {
		token, written, err := d.next()
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
		if err := checkText(name, written, place); err != nil {
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
func closeJSON(d bodyReader) error {
	if _, err := d.Token(); err != nil {
		return nil //nolint:nilerr // encoding/json says it better
	}
	return nil
}
