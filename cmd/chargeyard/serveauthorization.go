package main

import (
	"time"

	"github.com/chargeyard/chargeyard/internal/server"
)

// authorizationFlags are about somebody else who keeps the tokens of drivers.
type authorizationFlags struct {
	URL      string        `name:"authorization-url" placeholder:"URL" help:"Ask here whether a driver's token may charge; docs/authorization.md describes questions and answers. Default: the tokens of this server decide alone." group:"Authorization hook"`
	Bearer   string        `name:"authorization-bearer" placeholder:"SECRET" help:"Secret that goes with each question. Better given as CHARGEYARD_AUTHORIZATION_BEARER: a command line can be read by others." group:"Authorization hook"`
	Timeout  time.Duration `name:"authorization-timeout" default:"2s" placeholder:"DURATION" help:"How long an answer may take, 20s at most. Default 2s." group:"Authorization hook"`
	AtOnce   int           `name:"authorization-at-once" default:"64" placeholder:"N" help:"Questions under way at most; more wait for their turn. Default 64." group:"Authorization hook"`
	Fallback string        `name:"authorization-fallback" enum:"records,accept,refuse" default:"records" placeholder:"records|accept|refuse" help:"What happens without an answer. records: the tokens of this server decide. accept, refuse: all tokens are. Default records." group:"Authorization hook"`
}

func (f *authorizationFlags) config() server.AuthorizationConfig {
	return server.AuthorizationConfig{
		URL: f.URL, Bearer: f.Bearer, Timeout: f.Timeout, AtOnce: f.AtOnce, Fallback: server.Fallback(f.Fallback),
	}
}
