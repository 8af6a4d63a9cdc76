package httpapi

import (
	"context"
	"errors"
	"sync"
)

// errRevoked ends a stream whose token is not valid any more.
var errRevoked = errors.New("its API token is not valid any more")

// whileValid returns a context that ends with errRevoked as soon as the token is revoked, or cannot be checked after another
// one was: who comes back is told then. done must be called; it waits for what was started here.
func (a *api) whileValid(ctx context.Context, token string) (allowed context.Context, done func()) {
	allowed, cancel := context.WithCancelCause(ctx)
	var watch sync.WaitGroup
	watch.Go(func() {
		for {
			revoked := a.o.Tokens.Revoked() // first: a token that is revoked after the look is looked at again
			if ok, err := a.o.Tokens.VerifyToken(allowed, token); !ok || err != nil {
				cancel(errors.Join(errRevoked, err))
				return
			}
			select {
			case <-revoked:
			case <-allowed.Done():
				return
			}
		}
	})
	return allowed, func() {
		cancel(nil)
		watch.Wait()
	}
}
