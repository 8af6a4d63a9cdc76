package server

import (
	"context"
	"log/slog"
	"time"

	v16 "github.com/chargeyard/chargeyard/internal/adapter/v16"
	v201 "github.com/chargeyard/chargeyard/internal/adapter/v201"
	v21 "github.com/chargeyard/chargeyard/internal/adapter/v21"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
	"github.com/chargeyard/chargeyard/ocpp"
)

// learnTimeout bounds how long the answer to a command waits until what it tells is kept.
const learnTimeout = 2 * time.Second

// learner keeps what stations answer about their settings, whoever asked them and why.
type learner struct {
	store store.Ingest
	log   *slog.Logger
}

// intercept is an ocpp.Interceptor. What cannot be kept is logged: the command has been carried out, and its answer
// counts.
func (l learner) intercept(ctx context.Context, x *ocpp.Exchange, req any, next ocpp.Next) (any, error) {
	resp, err := next(ctx, req)
	if x.Inbound || err != nil {
		return resp, err
	}
	learned, ok := learn(x, req, resp)
	if !ok {
		return resp, nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), learnTimeout)
	defer cancel()
	if _, err := l.store.Defer(ctx, learned); err != nil {
		l.log.Error("what a station answered about its settings is not kept", "station", x.Identity, "action", x.Action.Name, "error", err)
	}
	return resp, nil
}

func learn(x *ocpp.Exchange, req, resp any) (fleet.VariablesReported, bool) {
	switch x.Action.Version {
	case ocpp.V16:
		return v16.Learn(x.Identity, req, resp)
	case ocpp.V201:
		return v201.Learn(x.Identity, req, resp)
	case ocpp.V21:
		return v21.Learn(x.Identity, req, resp)
	}
	return fleet.VariablesReported{}, false
}
