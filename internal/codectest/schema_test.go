package codectest

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chargeyard/chargeyard/internal/jsonwire"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocpp201"
	"github.com/chargeyard/chargeyard/ocpp21"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

func protocols() []*ocpp.Protocol {
	return []*ocpp.Protocol{ocpp16.Protocol, ocpp201.Protocol, ocpp21.Protocol}
}

// message is one request or response: our type and the official schema.
type message struct {
	version ocpp.Version
	name    string // such as BootNotificationRequest
	make    func() any
	node    *node
	oracle  *jsonschema.Schema
	size    int // of the schema, in bytes
}

func (m message) String() string { return m.version.String() + " " + m.name }

func (m message) new() jsonwire.Message { return m.make().(jsonwire.Message) }

// messages returns every message of every version, in a fixed order, without schemas.
func messages() []message {
	var out []message
	for _, p := range protocols() {
		for a := range p.Actions() {
			out = append(out, message{version: p.Version(), name: a.Name + "Request", make: a.NewRequest})
			if a.NewResponse != nil {
				out = append(out, message{version: p.Version(), name: a.Name + "Response", make: a.NewResponse})
			}
		}
	}
	return out
}

// schemaDir returns where the schemas are, and skips the test when nobody said.
func schemaDir(t testing.TB) string {
	dir := os.Getenv("OCPP_SCHEMAS")
	switch {
	case dir != "":
	case os.Getenv("CI") == "true":
		t.Fatal("OCPP_SCHEMAS is not set: in CI the messages must be compared with the official schemas")
	default:
		t.Skip("OCPP_SCHEMAS is not set: it names a directory with the JSON schemas that the Open Charge Alliance publishes")
	}
	return dir
}

// withSchemas returns messages with their schemas.
func withSchemas(t testing.TB) []message {
	dir := schemaDir(t)
	all := messages()
	shared := map[string]*node{} // a definition has one body in all messages of a version
	for i := range all {
		m := &all[i]
		file := find(t, dir, *m)
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
		m.oracle, m.size = compile(t, file, raw), len(raw)
		m.node = new(node)
		if err := json.Unmarshal(raw, m.node); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for name, n := range m.node.Definitions {
			key := m.version.String() + " " + name
			if shared[key] == nil {
				shared[key] = n
			}
			m.node.Definitions[name] = shared[key]
		}
	}
	return all
}

func find(t testing.TB, dir string, m message) string {
	for _, sub := range []string{m.version.String(), m.version.String() + "-security"} {
		file := filepath.Join(dir, sub, m.name+".json")
		if _, err := os.Stat(file); err == nil {
			return file
		}
		file = filepath.Join(dir, sub, strings.TrimSuffix(m.name, "Request")+".json")
		if _, err := os.Stat(file); err == nil {
			return file
		}
	}
	t.Fatalf("%s has no schema in %s", m, dir)
	return ""
}

// compile makes the oracle. It asserts date-times; nothing in OCPP demands more of a uri than that it is a string.
func compile(t testing.TB, file string, raw []byte) *jsonschema.Schema {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	c.RegisterFormat(&jsonschema.Format{Name: "uri", Validate: func(any) error { return nil }})
	if err := c.AddResource(file, doc); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	s, err := c.Compile(file)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return s
}

// node is what the generator of documents reads of a schema.
type node struct {
	Ref         string           `json:"$ref"`
	Type        string           `json:"type"`
	Properties  map[string]*node `json:"properties"`
	Definitions map[string]*node `json:"definitions"`
	Required    []string         `json:"required"`
	Additional  *bool            `json:"additionalProperties"`
	Items       *node            `json:"items"`
	MinItems    int              `json:"minItems"`
	MaxItems    int              `json:"maxItems"`
	MaxLength   int              `json:"maxLength"`
	Minimum     *float64         `json:"minimum"`
	Maximum     *float64         `json:"maximum"`
	MultipleOf  float64          `json:"multipleOf"`
	Enum        []string         `json:"enum"`
	Format      string           `json:"format"`
}
