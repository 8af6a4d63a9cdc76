package server

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// The store belongs to the process that has it open, so that `chargeyard token new` cannot write to it while the
// server runs. It leaves the record of the new token, with its hash and not the token, in a directory beside the
// store, and the server moves it into the store when it starts or when it meets a token that it does not know.

// NewAPIToken makes an API token for the server that uses the data directory, which is created when missing, and
// returns it. Only its hash is kept. A running server accepts the token at once.
func NewAPIToken(data, name string) (string, error) {
	dir := newTokensDir(data)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("cannot keep a token in the data directory: %w; choose another with --data", err)
	}
	token, record := fleet.NewAPIToken(name, time.Now())
	content, err := json.Marshal(record)
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, record.ID)
	if err := errors.Join(os.WriteFile(path+".part", content, 0o600), os.Rename(path+".part", path+".json")); err != nil {
		return "", fmt.Errorf("cannot keep the token: %w", err)
	}
	return token, nil
}

func newTokensDir(data string) string { return filepath.Join(data, "new-api-tokens") }

// apiTokens says which tokens are valid. It is safe for concurrent use.
type apiTokens struct {
	store store.Access
	inbox string // directory of new tokens
	fixed []byte // hash of the configured token; nil: none

	mu      sync.Mutex    // guards revoked
	revoked chan struct{} // closed when a token is revoked, and replaced then
}

func newAPITokens(s store.Access, data, fixed string) *apiTokens {
	t := &apiTokens{store: s, inbox: newTokensDir(data), revoked: make(chan struct{})}
	if fixed != "" {
		t.fixed = fleet.HashAPIToken(fixed)
	}
	return t
}

// first makes a token when there is none at all, and returns "" when there is.
func (t *apiTokens) first(ctx context.Context) (string, error) {
	if _, err := t.collect(ctx); err != nil {
		return "", err
	}
	known, err := t.store.ListAPITokens(ctx)
	if err != nil || len(known) > 0 || t.fixed != nil {
		return "", err
	}
	token, record := fleet.NewAPIToken("made at the first start", time.Now())
	return token, t.store.AddAPIToken(ctx, record)
}

// VerifyToken looks the token's hash up, so that the time it takes tells nothing about valid tokens.
func (t *apiTokens) VerifyToken(ctx context.Context, token string) (bool, error) {
	hash := fleet.HashAPIToken(token)
	if len(t.fixed) == sha256.Size && subtle.ConstantTimeCompare(t.fixed, hash) == 1 {
		return true, nil
	}
	known, err := t.known(ctx, hash)
	if known || err != nil {
		return known, err
	}
	if n, err := t.collect(ctx); n == 0 || err != nil {
		return false, err
	}
	return t.known(ctx, hash)
}

func (t *apiTokens) known(ctx context.Context, hash []byte) (bool, error) {
	record, err := t.store.APIToken(ctx, hash)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil && subtle.ConstantTimeCompare(record.Hash, hash) == 1, err
}

// collect moves new tokens into the store and returns how many there were.
func (t *apiTokens) collect(ctx context.Context) (n int, err error) {
	paths, err := filepath.Glob(filepath.Join(t.inbox, "*.json"))
	if err != nil {
		return 0, err
	}
	for _, path := range paths {
		if err := t.accept(ctx, path); err != nil {
			return n, fmt.Errorf("the new API token %s: %w", path, err)
		}
		n++
	}
	return n, nil
}

func (t *apiTokens) accept(ctx context.Context, path string) error {
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // another request was faster
	}
	if err != nil {
		return err
	}
	var record fleet.APIToken
	if err := json.Unmarshal(content, &record); err != nil || len(record.Hash) != sha256.Size {
		return errors.Join(errors.New("not the record of a token"), err)
	}
	if err := t.store.AddAPIToken(ctx, record); err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
