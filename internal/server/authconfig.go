package server

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// AuthorizationConfig is about an authorization hook: somebody else who keeps the tokens of drivers. It is described in
// docs/authorization.md.
type AuthorizationConfig struct {
	URL      string        // http or https; "" is none
	Bearer   string        // secret that is sent with each question; "" is none
	Timeout  time.Duration // for an answer; 0 is 2 s
	AtOnce   int           // questions under way at most; 0 is 64
	Fallback Fallback      // when there is no answer; "" is FallbackRecords
}

// Fallback says what becomes of tokens when the authorization hook gives no answer.
type Fallback string

// The values of Fallback.
const (
	FallbackRecords Fallback = "records" // as without a hook
	FallbackAccept  Fallback = "accept"
	FallbackRefuse  Fallback = "refuse"
)

// The defaults and bounds of AuthorizationConfig.
const (
	DefaultAuthorizationTimeout = 2 * time.Second
	DefaultAuthorizationAtOnce  = 64
	maxAuthorizationTimeout     = 20 * time.Second // many stations give up after 30
)

// opinion is what counts in place of an answer.
func (f Fallback) opinion() *fleet.Opinion {
	switch f {
	case FallbackAccept:
		return &fleet.Opinion{Status: fleet.TokenAccepted, Fallback: true}
	case FallbackRefuse:
		return &fleet.Opinion{Status: fleet.TokenInvalid, Fallback: true}
	}
	return nil
}

func (c AuthorizationConfig) withDefaults() AuthorizationConfig {
	if c.Timeout == 0 {
		c.Timeout = DefaultAuthorizationTimeout
	}
	if c.AtOnce == 0 {
		c.AtOnce = DefaultAuthorizationAtOnce
	}
	if c.Fallback == "" {
		c.Fallback = FallbackRecords
	}
	return c
}

func (c AuthorizationConfig) check() error {
	if c.URL == "" {
		if c.Bearer != "" {
			return errors.New("the secret of an authorization hook is of no use without its address: give --authorization-url URL, too")
		}
		return nil
	}
	u, err := url.Parse(c.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return errors.New("the address of the authorization hook is no URL such as https://tokens.example.org/authorize")
	}
	if strings.ContainsAny(c.Bearer, "\r\n") {
		return errors.New("the secret of the authorization hook has a line break, which no header can have")
	}
	if c.Timeout < 0 || c.Timeout > maxAuthorizationTimeout {
		return fmt.Errorf("the authorization hook may take %v at most: stations do not wait longer", maxAuthorizationTimeout)
	}
	if c.AtOnce < 0 {
		return errors.New("a number of questions below zero is not possible")
	}
	if c.Fallback != FallbackRecords && c.Fallback != FallbackAccept && c.Fallback != FallbackRefuse {
		return fmt.Errorf("without an answer of the authorization hook the records decide, or tokens are accepted or refused, not %q", c.Fallback)
	}
	return nil
}
