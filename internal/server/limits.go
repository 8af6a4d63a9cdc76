package server

import (
	"context"
	"time"

	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/httpapi"
	"github.com/chargeyard/chargeyard/ocpp"
)

// supportTimeout is how long a station has to say which limits it takes, when somebody waits for that.
const supportTimeout = 10 * time.Second

// limitSupport returns which limits of transactions a station takes. One that has not said so is asked if it is there: a limit that
// it does not name must not be sent (2.1 E16.FR.12).
func (c *commands) limitSupport(ctx context.Context, station string) (s fleet.LimitSupport, asked bool, err error) {
	s, err = c.store.LimitSupport(ctx, station)
	st, online := c.csms.Station(station)
	if err != nil || s.Known || !online || st.Version() != ocpp.V21 {
		return s, false, err
	}
	_, err = c.Do(ctx, httpapi.VerbCommand{Station: station, Verb: askSupport(), Timeout: supportTimeout})
	if err != nil && !outcomeIs(err, httpapi.CommandRefused) { // a station that does not know the question has no variables
		return s, false, err
	}
	s, err = c.store.LimitSupport(ctx, station)
	return s, true, err
}

func askSupport() fleet.Verb {
	about := fleet.SupportedLimits()
	return &fleet.GetVariablesRequest{Variables: []fleet.AttributeArgument{{
		VariableArgument: fleet.VariableArgument{Component: about.Component, Variable: about.Variable},
	}}}
}

// limitStart keeps the limit of a remote start before the station is asked for it: it gets the limit in the answer to the message
// that begins the transaction (2.1 F07.FR.02), whatever happens here until then.
func (c *commands) limitStart(ctx context.Context, station string, version ocpp.Version, v fleet.Verb) error {
	start, ok := v.(*fleet.StartRequest)
	if !ok || start.Limit == nil || version != ocpp.V21 {
		return nil
	}
	limit := start.Limit.Limit()
	s, _, err := c.limitSupport(ctx, station)
	if err == nil {
		err = s.Refuse("/transactionLimit", limit.Kinds())
	}
	if err != nil {
		return err
	}
	return c.store.LimitStart(ctx, station, start.RemoteStartID, limit, time.Now())
}

// LimitTransaction changes the limits of a transaction that goes on. It implements httpapi.Fleet.
func (c *commands) LimitTransaction(ctx context.Context, t fleet.Transaction, change fleet.LimitChange) error {
	if err := c.speaksLimits(ctx, t); err != nil {
		return err
	}
	s, asked, err := c.limitSupport(ctx, t.Station)
	if err != nil {
		return err
	}
	if s.Known || asked {
		if err := s.Refuse("", change.Kinds()); err != nil {
			return err
		}
	}
	return c.store.LimitTransaction(ctx, t.Station, t.ID, change, time.Now())
}

// speaksLimits refuses limits for a transaction of a station whose version has none, as far as that is known.
func (c *commands) speaksLimits(ctx context.Context, t fleet.Transaction) error {
	var version string
	if st, online := c.csms.Station(t.Station); online {
		version = st.Version().String()
	} else {
		spoken, err := c.store.SpokenVersions(ctx, []string{t.Station})
		if err != nil {
			return err
		}
		version = spoken[t.Station]
	}
	if version == "" || version == ocpp.V21.String() {
		return nil
	}
	return adapter.NoLimits("", version)
}
