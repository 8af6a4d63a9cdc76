package apiclient

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"net/url"
	"strconv"
)

// MaxPage is the largest page that a list gives, and the default of Items.
const MaxPage = 1000

// Items yields the items of a list, each as the server wrote it, and fetches the next page when the one before is used up.
// An error is yielded last. query is not changed; a limit in it is the size of a page.
func (c *Client) Items(ctx context.Context, path string, query url.Values) iter.Seq2[json.RawMessage, error] {
	return func(yield func(json.RawMessage, error) bool) {
		q := url.Values{"limit": {strconv.Itoa(MaxPage)}}
		maps.Copy(q, query)
		for {
			p, err := c.page(ctx, path, q)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, item := range p.Items {
				if !yield(item, nil) {
					return
				}
			}
			if p.Next == "" {
				return
			}
			q.Set("cursor", p.Next)
		}
	}
}

type page struct {
	Items []json.RawMessage `json:"items"`
	Next  string            `json:"next"`
}

func (c *Client) page(ctx context.Context, path string, q url.Values) (p page, err error) {
	body, err := c.Get(ctx, path, q)
	if err != nil {
		return p, err
	}
	if err := json.Unmarshal(body, &p); err != nil {
		return p, fmt.Errorf("the list %s of %s cannot be read: %w", path, c.Server(), err)
	}
	if p.Next != "" && p.Next == q.Get("cursor") {
		return p, fmt.Errorf("the list %s of %s does not go on: the same page again", path, c.Server())
	}
	return p, nil
}
