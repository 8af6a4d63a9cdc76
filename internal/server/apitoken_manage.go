package server

import (
	"context"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// List implements httpapi.APITokens: also tokens that `chargeyard token new` has just made are in it.
func (t *apiTokens) List(ctx context.Context) ([]fleet.APIToken, error) {
	if _, err := t.collect(ctx); err != nil {
		return nil, err
	}
	return t.store.ListAPITokens(ctx)
}

// New implements httpapi.APITokens.
func (t *apiTokens) New(ctx context.Context, name string) (string, fleet.APIToken, error) {
	token, record := fleet.NewAPIToken(name, time.Now())
	return token, record, t.store.AddAPIToken(ctx, record)
}

// Revoke implements httpapi.APITokens.
func (t *apiTokens) Revoke(ctx context.Context, id string) error {
	if _, err := t.collect(ctx); err != nil {
		return err
	}
	if err := t.store.DeleteAPIToken(ctx, id); err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	close(t.revoked)
	t.revoked = make(chan struct{})
	return nil
}

// Revoked implements httpapi.APITokens.
func (t *apiTokens) Revoked() <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.revoked
}
