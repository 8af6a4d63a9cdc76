package server

import (
	"context"
	"log/slog"
	"sync"
	"time"

	v16 "github.com/chargeyard/chargeyard/internal/adapter/v16"
	v201 "github.com/chargeyard/chargeyard/internal/adapter/v201"
	v21 "github.com/chargeyard/chargeyard/internal/adapter/v21"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/httpapi"
	"github.com/chargeyard/chargeyard/internal/store"
	"github.com/chargeyard/chargeyard/ocpp"
)

// reservations keeps what becomes of requests to keep a place free, whoever makes them, and ends those whose time is over:
// stations of OCPP 1.6 do not say so, and others may be away. It is safe for concurrent use.
type reservations struct {
	store store.Store
	log   *slog.Logger

	expiry  expiry
	cancel  context.CancelFunc
	ended   context.Context
	running sync.WaitGroup
}

func newReservations(s store.Store, log *slog.Logger) *reservations {
	r := &reservations{store: s, log: log, expiry: newExpiry()}
	r.ended, r.cancel = context.WithCancel(context.Background())
	r.running.Go(r.expire)
	return r
}

func (r *reservations) close() error {
	r.cancel()
	r.running.Wait()
	return nil
}

// intercept is an ocpp.Interceptor. A reservation is on record before the station is asked for it: what it may keep free
// must be known, whatever ends then. The answer is taken by learn.
func (r *reservations) intercept(ctx context.Context, x *ocpp.Exchange, req any, next ocpp.Next) (any, error) {
	asked, ok := reserving(x, req)
	if x.Inbound || !ok {
		return next(ctx, req)
	}
	r.keep(ctx, fleet.ReservationAsked{Received: time.Now(), Reservation: asked})
	resp, err := next(ctx, req)
	if err != nil {
		_, detail := outcomeOf(err)
		if detail == "" {
			detail = "nobody waited for the answer"
		}
		r.keep(ctx, fleet.ReservationFailed{
			Station: asked.Station, Received: time.Now(), ID: asked.ID, Refused: ocpp.Remote(err), Sent: !ocpp.SafeToRetry(err), Detail: detail,
		})
	}
	r.expiry.mind(asked.ExpiresAt)
	return resp, err
}

func (r *reservations) keep(ctx context.Context, e fleet.Event) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), learnTimeout)
	defer cancel()
	if _, err := r.store.Submit(ctx, e); err != nil {
		r.log.Error("what became of a reservation is not kept", "station", e.About(), "error", err)
	}
}

// reserving returns the reservation that a request asks for.
func reserving(x *ocpp.Exchange, req any) (fleet.Reservation, bool) {
	switch x.Action.Version {
	case ocpp.V16:
		return v16.Reserving(x.Identity, req)
	case ocpp.V201:
		return v201.Reserving(x.Identity, req)
	case ocpp.V21:
		return v21.Reserving(x.Identity, req)
	}
	return fleet.Reservation{}, false
}

// expire ends reservations whose time is over, those first that ended while there was no server.
func (r *reservations) expire() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-r.ended.Done():
			return
		case <-r.expiry.earlier:
			if due := r.expiry.peek(); !due.IsZero() {
				timer.Reset(max(0, time.Until(due)))
			}
		case <-timer.C:
			r.expireNow()
		}
	}
}

func (r *reservations) expireNow() {
	r.expiry.forget()
	_, next, err := r.store.ExpireReservations(r.ended, time.Now())
	if err != nil {
		if r.ended.Err() == nil {
			r.log.Warn("reservations whose time is over cannot be ended yet", "error", err)
		}
		next = time.Now().Add(expiryRetry)
	}
	if !next.IsZero() {
		r.expiry.mind(next)
	}
}

// resolveReserve gives a reservation its id and its end, and the tokens the types that they have on record.
func (c *commands) resolveReserve(ctx context.Context, station string, v fleet.ReserveRequest) (fleet.Verb, error) {
	now := time.Now()
	if v.ExpiresAt = now.Add(v.Period()); v.Until != nil {
		v.ExpiresAt = *v.Until
	}
	if !v.ExpiresAt.After(now) {
		return nil, fleet.WrongArgument("/until", "this time is over")
	}
	var err error
	if v.IDToken, err = c.recordedType(ctx, v.IDToken); err != nil {
		return nil, err
	}
	if v.Group != nil {
		group, err := c.recordedType(ctx, *v.Group)
		if err != nil {
			return nil, err
		}
		v.Group = &group
	}
	v.ReservationID, err = c.store.NewReservationID(ctx, station)
	return &v, err
}

// CancelReservation asks a station to forget a reservation, and returns what became of it. It implements httpapi.Fleet.
func (c *commands) CancelReservation(ctx context.Context, r fleet.Reservation, timeout time.Duration) (fleet.Reservation, error) {
	_, err := c.Do(ctx, httpapi.VerbCommand{
		Station: r.Station, Verb: &fleet.CancelReservationRequest{ReservationID: r.ID}, Timeout: timeout,
	})
	if err != nil {
		return r, err
	}
	return c.store.Reservation(ctx, r.Number)
}
