package httpapi

import (
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// requestSchemas returns the names of the schemas of request bodies, in which an unknown field is an error.
func requestSchemas(doc *huma.OpenAPI) map[string]bool {
	names := map[string]bool{}
	for _, item := range doc.Paths {
		for _, op := range []*huma.Operation{item.Post, item.Put, item.Patch, item.Delete} {
			if op == nil || op.RequestBody == nil {
				continue
			}
			for _, media := range op.RequestBody.Content {
				addSchemas(names, doc.Components.Schemas, media.Schema)
			}
		}
	}
	return names
}

// addSchemas adds the schemas that s refers to, at any depth.
func addSchemas(names map[string]bool, all huma.Registry, s *huma.Schema) {
	if s == nil {
		return
	}
	if name, ok := strings.CutPrefix(s.Ref, "#/components/schemas/"); ok {
		if names[name] {
			return
		}
		names[name] = true
		s = all.SchemaFromRef(s.Ref)
	}
	for _, property := range s.Properties {
		addSchemas(names, all, property)
	}
	for _, list := range [][]*huma.Schema{{s.Items}, s.OneOf, s.AnyOf, s.AllOf} {
		for _, part := range list {
			addSchemas(names, all, part)
		}
	}
	if values, ok := s.AdditionalProperties.(*huma.Schema); ok {
		addSchemas(names, all, values)
	}
}
