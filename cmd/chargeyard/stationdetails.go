package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"golang.org/x/sync/errgroup"

	"github.com/chargeyard/chargeyard/internal/apiclient"
)

// Stations are looked at in batches, several at once.
const (
	detailBatch = 64
	detailers   = 8
)

// withConnectors puts each station of a list in detail: the list of the API has no connectors. One that was deleted since
// then stays as it was in the list.
func withConnectors(ctx context.Context, c *apiclient.Client, list items) items {
	return func(yield func(json.RawMessage, error) bool) {
		var batch []json.RawMessage
		pass := func() bool {
			err := detail(ctx, c, batch)
			for _, item := range batch {
				if err == nil && !yield(item, nil) {
					return false
				}
			}
			batch = batch[:0]
			return err == nil || yield(nil, err)
		}
		for item, err := range list {
			if err != nil {
				yield(nil, err)
				return
			}
			if batch = append(batch, item); len(batch) == detailBatch && !pass() {
				return
			}
		}
		pass()
	}
}

// detail replaces stations by their details.
func detail(ctx context.Context, c *apiclient.Client, batch []json.RawMessage) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(detailers)
	for i, item := range batch {
		group.Go(func() error {
			var st struct{ ID string }
			if err := json.Unmarshal(item, &st); err != nil {
				return err
			}
			body, err := c.Get(ctx, apiclient.Path("stations", st.ID), nil)
			if e, ok := errors.AsType[*apiclient.Error](err); ok && e.Status == http.StatusNotFound {
				return nil
			}
			if err == nil {
				batch[i] = body
			}
			return err
		})
	}
	return group.Wait()
}
