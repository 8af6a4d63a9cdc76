package httpapi

import "github.com/chargeyard/chargeyard/internal/store"

// PageQuery is the query of every list.
type PageQuery struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"Items per answer at most"`
	Cursor string `query:"cursor" maxLength:"1024" doc:"The \"next\" of the answer before; leave out for the beginning"`
}

// List is the body of every list.
type List[T any] struct {
	Items []T    `json:"items" nullable:"false" doc:"The items of this page"`
	Next  string `json:"next,omitempty" doc:"Cursor of the next page; absent on the last one"`
}

// viewPage makes the body of a list of what the store returned.
func viewPage[T, V any](p store.Page[T], view func(T) V) *answer[List[V]] {
	list := List[V]{Items: make([]V, 0, len(p.Items)), Next: p.Next}
	for _, item := range p.Items {
		list.Items = append(list.Items, view(item))
	}
	return &answer[List[V]]{Body: list}
}
