// Package msgdoc describes every message of OCPP as tables: properties, types, limits, values. Command forms,
// findings of the validation and reference pages are made of it; no schema file is needed. The tables are
// generated from the schemas by internal/ocppgen and must not be changed. They are safe for concurrent use.
package msgdoc

import (
	"cmp"
	"slices"
)

// Action describes a request with its response.
type Action struct {
	Version  string  `json:"version"`  // "1.6", "2.0.1" or "2.1"
	Name     string  `json:"name"`     // as on the wire
	SentBy   string  `json:"sentBy"`   // "station", "CSMS" or "both"
	Block    string  `json:"block"`    // functional block, or feature profile of 1.6
	Doc      string  `json:"doc"`      // what the request does; it continues "This request "
	Request  *Object `json:"request"`  //
	Response *Object `json:"response"` // nil: the message is never answered (SEND)
}

// Object describes a JSON object, a message or a part of one. It has no other properties than these, its
// customData aside.
type Object struct {
	Name   string  `json:"name"` // of the Go type, such as "ChargingProfile"
	Fields []Field `json:"fields"`
}

// Field describes a property. Limits that are zero or empty do not exist. Of a list they bound each item, but
// for MinItems and MaxItems.
type Field struct {
	Name       string  `json:"name"` // on the wire
	Type       Type    `json:"type"`
	Required   bool    `json:"required,omitempty"`
	List       bool    `json:"list,omitempty"`
	MinItems   int     `json:"minItems,omitempty"`
	MaxItems   int     `json:"maxItems,omitempty"`
	MaxLength  int     `json:"maxLength,omitempty"`  // characters
	Min        string  `json:"min,omitempty"`        // a decimal number
	Max        string  `json:"max,omitempty"`        // a decimal number
	MultipleOf string  `json:"multipleOf,omitempty"` // a decimal number
	Default    string  `json:"default,omitempty"`    // what absence means
	Text       string  `json:"text,omitempty"`       // what the text of the specification demands in addition
	Enum       *Enum   `json:"enum,omitempty"`       // of an Enumeration
	Object     *Object `json:"object,omitempty"`     // of a Nested
}

// Enum describes an enumeration of strings.
type Enum struct {
	Name   string   `json:"name"` // of the Go type, such as "Measurand"
	Values []string `json:"values"`
}

// Type is the type of a property's value, or of the items of a list.
type Type string

// The types.
const (
	String      Type = "string"
	URI         Type = "uri" // a string
	Enumeration Type = "enum"
	Integer     Type = "integer"
	Number      Type = "number" // decimal
	Boolean     Type = "boolean"
	DateTime    Type = "date-time" // a string of RFC 3339
	Nested      Type = "object"
	CustomData  Type = "customData" // an object with vendorId and whatever else the vendor likes
	Any         Type = "any"        // any JSON value
)

// Versions lists the versions, oldest first.
func Versions() []string { return []string{"1.6", "2.0.1", "2.1"} }

// Actions returns the actions of a version by name; none for an unknown version.
func Actions(version string) []*Action {
	switch version {
	case "1.6":
		return actions16
	case "2.0.1":
		return actions201
	case "2.1":
		return actions21
	}
	return nil
}

// Lookup returns an action of a version.
func Lookup(version, name string) (*Action, bool) {
	list := Actions(version)
	i, ok := slices.BinarySearchFunc(list, name, func(a *Action, name string) int { return cmp.Compare(a.Name, name) })
	if !ok {
		return nil, false
	}
	return list[i], true
}

// Field returns the property of an object by its name on the wire.
func (o *Object) Field(name string) (*Field, bool) {
	for i := range o.Fields {
		if o.Fields[i].Name == name {
			return &o.Fields[i], true
		}
	}
	return nil, false
}
