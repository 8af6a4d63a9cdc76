package httpapi

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// Delivery says how a request reaches a station.
type Delivery struct {
	Timeout float64 `json:"timeout,omitempty" minimum:"0.1" maximum:"60" doc:"Seconds to wait: first until the station has answered an earlier request, then for its answer to this one. Left out: 30"`
	Keeping
}

// defaultTimeout is the time that a station has for its answer when nobody says.
const defaultTimeout = 30 * time.Second

func (d *Delivery) timeout() time.Duration {
	if d.Timeout == 0 {
		return defaultTimeout
	}
	return seconds(d.Timeout)
}

// verbBody is a body with the arguments of a verb, a T, and the properties of Delivery, side by side.
type verbBody[T any] struct {
	arguments T
	delivery  Delivery
}

// UnmarshalJSON reads both from one object.
func (b *verbBody[T]) UnmarshalJSON(data []byte) error {
	if err := json.Unmarshal(data, &b.arguments); err != nil {
		return err
	}
	return json.Unmarshal(data, &b.delivery)
}

// Schema describes the object that has both.
func (verbBody[T]) Schema(r huma.Registry) *huma.Schema {
	s := verbSchema(r, reflect.TypeFor[T]())
	delivery := huma.SchemaFromType(r, reflect.TypeFor[Delivery]())
	for name, property := range delivery.Properties {
		if s.Properties[name] != nil {
			panic("httpapi: an argument of " + reflect.TypeFor[T]().Name() + " is called " + name + ", which says how a request is delivered")
		}
		s.Properties[name] = property
	}
	s.PrecomputeMessages()
	return s
}

// verbSchema describes the arguments of a verb.
func verbSchema(r huma.Registry, arguments reflect.Type) *huma.Schema {
	s := *huma.SchemaFromType(r, arguments)
	s.Properties, s.Required = maps.Clone(s.Properties), slices.Clone(s.Required)
	if s.Properties == nil {
		s.Properties = map[string]*huma.Schema{}
	}
	s.AdditionalProperties = false
	return &s
}

// queued returns the request that is kept; the caller says for which station and for what.
func (k *Keeping) queued() *QueuedCommand {
	c := &QueuedCommand{Key: k.Key, Lane: fleet.CommandLane(k.Lane), Version: k.Version, Expires: seconds(k.Expires)}
	if c.Lane == "" {
		c.Lane = fleet.LanePeople
	}
	if k.Wait != nil {
		c.Wait = seconds(*k.Wait)
	}
	return c
}
