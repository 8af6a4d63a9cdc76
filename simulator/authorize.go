package simulator

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"
)

// authorize asks the CSMS about a token. Offline the local list, the cache, and then the configuration decide (2.x C13 to
// C15; 1.6 3.5).
func (s *Station) authorize(ctx context.Context, token, tokenType string) bool {
	if s.vars.is(s.speech.keys().preAuthorize) {
		if ok, known := s.tokens.listed(token, s.now()); known && ok {
			return true
		}
	}
	ok, err := s.speech.authorize(ctx, s, token, tokenType)
	if err != nil {
		s.mishap("authorize", err)
		return unreachable(err) && s.authorizedOffline(token)
	}
	s.tokens.remember(token, ok)
	if !ok {
		s.fleet.count(func(c *Counts) { c.Refused++ })
	}
	return ok
}

func (s *Station) authorizedOffline(token string) bool {
	if ok, known := s.tokens.listed(token, s.now()); known {
		return ok
	}
	if ok, known := s.tokens.cached(token); known {
		return ok
	}
	return s.vars.is(s.speech.keys().unknownOffline) && !strings.HasPrefix(token, "UNKNOWN")
}

// maxCachedTokens bounds the authorization cache.
const maxCachedTokens = 200

// tokens is the local list and the authorization cache. It is safe for concurrent use.
type tokens struct {
	mu      sync.Mutex
	version int
	list    map[string]listedToken
	cache   map[string]bool
	order   []string // of the cache, oldest first
}

// listedToken is an entry of the local list.
type listedToken struct {
	accepted bool
	expires  time.Time // zero: never
}

func (t *tokens) listed(token string, now time.Time) (ok, known bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	e, known := t.list[strings.ToUpper(token)]
	return e.accepted && (e.expires.IsZero() || now.Before(e.expires)), known
}

func (t *tokens) cached(token string) (ok, known bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	ok, known = t.cache[strings.ToUpper(token)]
	return ok, known
}

// remember puts what the CSMS answered into the cache (C10.FR.01).
func (t *tokens) remember(token string, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	token = strings.ToUpper(token)
	if t.cache == nil {
		t.cache = map[string]bool{}
	}
	if _, known := t.cache[token]; !known {
		t.order = append(t.order, token)
	}
	t.cache[token] = ok
	if len(t.order) > maxCachedTokens {
		delete(t.cache, t.order[0])
		t.order = t.order[1:]
	}
}

func (t *tokens) clearCache() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.cache, t.order = nil, nil
}

func (t *tokens) listVersion() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.version
}

// update applies a SendLocalList: an entry that is nil is deleted. It reports false for a differential list that is not
// newer (D01.FR.19).
func (t *tokens) update(version int, full bool, entries map[string]*listedToken) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !full && version <= t.version {
		return false
	}
	if full || t.list == nil {
		t.list = map[string]listedToken{}
	}
	for token, e := range entries {
		if e == nil {
			delete(t.list, strings.ToUpper(token))
		} else {
			t.list[strings.ToUpper(token)] = *e
		}
	}
	t.version = version
	return true
}

// about says what is known of a token, and forgets what the cache has of it.
func (t *tokens) about(token string, forget bool) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	token = strings.ToUpper(token)
	var known []string
	if ok, cached := t.cache[token]; cached {
		known = append(known, "cached: "+word(ok, "accepted", "refused"))
	}
	if _, listed := t.list[token]; listed {
		known = append(known, "in the local list")
	}
	if forget {
		delete(t.cache, token)
		t.order = slices.DeleteFunc(t.order, func(o string) bool { return o == token })
	}
	return strings.Join(known, "; ")
}
