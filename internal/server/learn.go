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

// learnTimeout bounds how long the answer to a command waits until what it tells is kept. When thousands of stations come back
// at once the writer is busy for seconds.
const learnTimeout = 10 * time.Second

// learner keeps what the answers of stations tell about them, whoever asked and why.
type learner struct {
	store store.Ingest
	log   *slog.Logger
	told  func(station string) // a station has answered to a question for its variables
}

// intercept is an ocpp.Interceptor. What cannot be kept is logged: the command has been carried out, and its answer
// counts.
func (l learner) intercept(ctx context.Context, x *ocpp.Exchange, req any, next ocpp.Next) (any, error) {
	if !x.Inbound {
		l.keep(ctx, x, asking(x, req))
	}
	resp, err := next(ctx, req)
	if x.Inbound || err != nil {
		return resp, err
	}
	learned := learn(x, req, resp)
	settleLists(ctx, learned)
	l.keep(ctx, x, learned)
	if x.Action.Name == "GetVariables" || x.Action.Name == "GetConfiguration" {
		l.told(x.Identity)
	}
	return resp, nil
}

func (l learner) keep(ctx context.Context, x *ocpp.Exchange, learned []fleet.Event) {
	if len(learned) == 0 { // as of most
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), learnTimeout)
	defer cancel()
	for _, e := range learned {
		if _, err := l.store.Defer(ctx, e); err != nil {
			l.log.Error("what a station answered is not kept", "station", x.Identity, "action", x.Action.Name, "error", err)
		}
	}
}

// asking returns what is to be known before a request is sent.
func asking(x *ocpp.Exchange, req any) []fleet.Event {
	switch x.Action.Version {
	case ocpp.V201:
		return v201.Asking(x.Identity, req)
	case ocpp.V21:
		return v21.Asking(x.Identity, req)
	}
	return nil
}

func learn(x *ocpp.Exchange, req, resp any) []fleet.Event {
	switch x.Action.Version {
	case ocpp.V16:
		return v16.Learn(x.Identity, req, resp)
	case ocpp.V201:
		return v201.Learn(x.Identity, req, resp)
	case ocpp.V21:
		return v21.Learn(x.Identity, req, resp)
	}
	return nil
}
