package ocppgen

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// schema is one JSON schema, as far as the OCPP schemas use the language. Reading refuses other keywords, so
// that a new edition of the schemas cannot slip in a rule that the generator would ignore.
type schema struct {
	Ref                  string          `json:"$ref"`
	Type                 string          `json:"type"`
	Format               string          `json:"format"`
	Properties           properties      `json:"properties"`
	Required             []string        `json:"required"`
	Items                *schema         `json:"items"`
	Enum                 []string        `json:"enum"`
	MaxLength            int             `json:"maxLength"`
	MinItems             int             `json:"minItems"`
	MaxItems             int             `json:"maxItems"`
	Minimum              json.Number     `json:"minimum"`
	Maximum              json.Number     `json:"maximum"`
	MultipleOf           json.Number     `json:"multipleOf"`
	Default              json.RawMessage `json:"default"`
	AdditionalProperties *bool           `json:"additionalProperties"`
	AdditionalItems      *bool           `json:"additionalItems"`
	Definitions          properties      `json:"definitions"`

	// Read over: they restrict nothing, and descriptions are not ours to pass on.
	Schema      ignored `json:"$schema"`
	ID          ignored `json:"$id"`
	ID4         ignored `json:"id"`
	Title       ignored `json:"title"`
	Comment     ignored `json:"comment"`
	Description ignored `json:"description"`
	JavaType    ignored `json:"javaType"`
}

// ignored swallows a keyword without keeping its text.
type ignored struct{}

func (*ignored) UnmarshalJSON([]byte) error { return nil }

// property is a named schema.
type property struct {
	Name   string
	Schema *schema
}

// properties keeps the order of the file, which becomes the order of fields.
type properties []property

func (p *properties) UnmarshalJSON(data []byte) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return errors.Join(errors.New("properties are not an object"), err)
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return err
		}
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return err
		}
		s, err := parseSchema(raw)
		if err != nil {
			return fmt.Errorf("%v: %w", name, err)
		}
		*p = append(*p, property{name.(string), s})
	}
	return nil
}

// find returns the schema of a name, nil if there is none.
func (p properties) find(name string) *schema {
	for _, x := range p {
		if x.Name == name {
			return x.Schema
		}
	}
	return nil
}

func parseSchema(data []byte) (*schema, error) {
	dec := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	dec.DisallowUnknownFields()
	s := new(schema)
	return s, dec.Decode(s)
}

// readSchemas reads all schemas of the named folders of fsys, by file name without the extension.
func readSchemas(fsys fs.FS, folders ...string) (map[string]*schema, error) {
	out := make(map[string]*schema)
	for _, folder := range folders {
		files, err := fs.Glob(fsys, path.Join(folder, "*.json"))
		if err != nil {
			return nil, err
		}
		if len(files) == 0 {
			return nil, fmt.Errorf("no schemas in folder %s: the Open Charge Alliance publishes them at openchargealliance.org", folder)
		}
		for _, f := range files {
			if err := readSchema(fsys, f, out); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

func readSchema(fsys fs.FS, file string, out map[string]*schema) error {
	data, err := fs.ReadFile(fsys, file)
	if err != nil {
		return err
	}
	s, err := parseSchema(data)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	name := strings.TrimSuffix(path.Base(file), ".json")
	if out[name] != nil {
		return fmt.Errorf("%s: a second schema of this name", file)
	}
	out[name] = s
	return nil
}
