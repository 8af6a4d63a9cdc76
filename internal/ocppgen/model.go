package ocppgen

// Model is everything that is generated from.
type Model struct{ Versions []*Version }

// Version is one version of OCPP.
type Version struct {
	Name    string // "2.0.1"
	Const   string // the constant of package ocpp: "V201"
	Package string // "ocpp201"
	Folders []string
	Actions []*Action // by name
	Objects []*Object // by name, messages excluded
	Enums   []*Enum   // by name
}

// Action is a request with its response, if it has one.
type Action struct {
	Name     string
	SentBy   string // "station", "CSMS" or "both"
	Block    string
	Doc      string // what the request does, to follow "XRequest "
	Request  *Object
	Response *Object // nil: a SEND
}

// Object is a JSON object: a message or a part of one.
type Object struct {
	Go     string
	Def    string // definition name in the schemas, "" for an inline object
	Fields []*Field
	Action *Action // of a message, else nil
	UsedBy []string
}

// Enum is an enumeration of strings.
type Enum struct {
	Go     string
	Def    string
	Values []Value
	UsedBy []string
}

// Value is a value of an enumeration.
type Value struct {
	Wire string
	Go   string // the constant
	Note string // why it is there, if the schema does not have it
}

// Kind is the kind of value that a field, or each item of its list, holds.
type Kind int

// The kinds.
const (
	String Kind = iota
	EnumKind
	Integer
	Number
	Boolean
	DateTime
	ObjectKind
	CustomData
	Any
)

// Field is a property of an object.
type Field struct {
	Wire     string
	Go       string
	Kind     Kind
	List     bool
	Required bool

	MaxLength          int // 0: no limit
	ReceiveLength      int // what is accepted on receive, when more than MaxLength
	MinItems, MaxItems int // 0: no limit
	Min, Max           string
	MultipleOf         string
	Default            string
	URI                bool // format uri
	Wide               bool // int64 where an integer is an int
	Spec               Spec

	Enum   *Enum
	Object *Object
}

// Spec is what the text of the specification demands beyond the schema; zero fields demand nothing.
type Spec struct {
	Min, Max   string
	MinItems   int
	Identifier bool // an identifierString
}

// isZero reports whether the text demands nothing more than the schema.
func (s Spec) isZero() bool { return s == Spec{} }

// pointer reports whether the Go field is a pointer.
func (f *Field) pointer() bool {
	return !f.Required && !f.List && (f.Kind == ObjectKind || f.Kind == CustomData)
}

// opt reports whether the Go field is an ocpp.Opt.
func (f *Field) opt() bool {
	switch f.Kind {
	case String, Integer, Number, Boolean:
		return !f.Required && !f.List
	}
	return false
}

// elem returns the Go type of the field's value without list, pointer and Opt.
func (f *Field) elem() string {
	switch f.Kind {
	case String:
		return "string"
	case EnumKind:
		return f.Enum.Go
	case Integer:
		if f.Wide {
			return "int64"
		}
		return "int"
	case Number:
		return "ocpp.Decimal"
	case Boolean:
		return "bool"
	case DateTime:
		return "ocpp.Time"
	case ObjectKind:
		return f.Object.Go
	case CustomData:
		return "ocpp.CustomData"
	}
	return "json.RawMessage"
}

// goType returns the type of the Go field.
func (f *Field) goType() string {
	switch {
	case f.List:
		return "[]" + f.elem()
	case f.pointer():
		return "*" + f.elem()
	case f.opt():
		return "ocpp.Opt[" + f.elem() + "]"
	}
	return f.elem()
}

// tag returns the json tag of the Go field.
func (f *Field) tag() string {
	switch {
	case f.Required:
		return f.Wire
	case f.List, f.pointer(), f.Kind == Any:
		return f.Wire + ",omitempty"
	}
	return f.Wire + ",omitzero"
}
