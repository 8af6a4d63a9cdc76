package ocppgen

import (
	"maps"
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

// edited returns the tiny schemas with one file replaced.
func edited(t *testing.T, file, content string) fstest.MapFS {
	t.Helper()
	fsys := fstest.MapFS{}
	files, err := os.ReadDir("testdata/tiny")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		data, err := os.ReadFile("testdata/tiny/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		fsys["tiny/"+f.Name()] = &fstest.MapFile{Data: data}
	}
	maps.Copy(fsys, fstest.MapFS{"tiny/" + file: {Data: []byte(content)}})
	return fsys
}

const closed = `{"type": "object", "additionalProperties": false, `

func TestSchemasThatCannotBeGeneratedAreRefused(t *testing.T) {
	for _, c := range []struct{ name, file, schema, want string }{
		{"a keyword of another kind", "TellResponse.json", closed + `"properties": {}, "minProperties": 1}`, "minProperties"},
		{"no JSON", "TellResponse.json", `{`, "TellResponse.json"},
		{"an open object", "TellResponse.json", `{"type": "object", "properties": {}}`, "not a closed object"},
		{"an enumeration without a name", "TellResponse.json",
			closed + `"properties": {"x": {"type": "string", "enum": ["a"]}}}`, "no name for this enumeration"},
		{"an object without a name", "TellResponse.json",
			closed + `"properties": {"x": ` + closed + `"properties": {}}}}`, "no name for this object"},
		{"an unknown type", "TellResponse.json", closed + `"properties": {"x": {"type": "null"}}}`, `type "null"`},
		{"a list without items", "TellResponse.json", closed + `"properties": {"x": {"type": "array"}}}`, "without items"},
		{"a requirement of nothing", "TellResponse.json", closed + `"properties": {}, "required": ["x"]}`, "no property"},
		{"a missing definition", "TellResponse.json", closed + `"properties": {"x": {"$ref": "#/definitions/No"}}}`,
			"no definition"},
		{"a definition with another body", "TellResponse.json", closed + `"definitions": {"ColorEnumType":
			{"type": "string", "enum": ["red"]}}, "properties": {"x": {"$ref": "#/definitions/ColorEnumType"}}}`, "two bodies"},
		{"two fields of one name", "TellResponse.json",
			closed + `"properties": {"evseId": {"type": "string"}, "evse_id": {"type": "string"}}}`, "two fields EVSEID"},
		{"a type with the name of a message", "TellResponse.json", closed + `"definitions": {"AskRequestType": ` + closed +
			`"properties": {}}}, "properties": {"x": {"$ref": "#/definitions/AskRequestType"}}}`, "AskRequest is the name of"},
		{"an object in itself", "TellResponse.json", closed + `"definitions": {"LoopType": ` + closed +
			`"properties": {"x": {"$ref": "#/definitions/LoopType"}}}}, "properties": {"x": {"$ref": "#/definitions/LoopType"}}}`,
			"contains itself"},
		{"a schema without an action", "StrayResponse.json", closed + `"properties": {}}`, "belong to no request"},
		{"an action that the overlay does not know", "NewRequest.json", closed + `"properties": {}}`, "0 rows for action New"},
	} {
		_, err := build(edited(t, c.file, c.schema), tinyOverlay(t, ""), tiny())
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want an error about %q", c.name, err, c.want)
		}
	}
}

func TestAMissingFolderSaysWhoPublishesTheSchemas(t *testing.T) {
	_, err := build(fstest.MapFS{}, tinyOverlay(t, ""), tiny())
	if err == nil || !strings.Contains(err.Error(), "Open Charge Alliance") {
		t.Error("got", err)
	}
}

func TestOverlayRowsThatDoNotFitAreRefused(t *testing.T) {
	for _, c := range []struct{ row, want string }{
		{"wide | 0.1 | */nowhere | because", "line 15: wide */nowhere fits nothing"},
		{"wide | 0.1 | AskRequest/text | because", "no integer"},
		{"receive | 0.1 | AskRequest/url | many | because", "no greater length"},
		{"spec | 0.1 | AskRequest/flag | min 0 | because", "does not fit"},
		{"spec | 0.1 | AskRequest/count | prime | because", "does not fit"},
		{"action | 0.1 | Ask | CSMS | A | asks twice", "2 rows for action Ask"},
	} {
		_, err := build(os.DirFS("testdata"), tinyOverlay(t, c.row+"\n"), tiny())
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.row, err, c.want)
		}
	}
}

func TestMalformedOverlaysAreRefused(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"# fine\nwide | 1.6 | */x", "line 2: wide has 4 columns, not 3"},
		{"wide | 1.6 | */x | ", "every row gives its reason"},
		{"narrow | 1.6 | */x | because", "unknown kind of row"},
	} {
		_, err := ParseOverlay(strings.NewReader(c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: got %v, want %q", c.text, err, c.want)
		}
	}
}

func TestDescriptionsOfTheSchemasAreNotCopied(t *testing.T) {
	m, err := build(os.DirFS("testdata"), tinyOverlay(t, ""), tiny())
	if err != nil {
		t.Fatal(err)
	}
	files, err := Generate(m)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		if strings.Contains(string(text), "never copied") {
			t.Errorf("%s has the description of a schema", name)
		}
	}
}
