package server

import (
	"context"
	"errors"
	"math/rand/v2"
	"reflect"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/httpapi"
	"github.com/chargeyard/chargeyard/internal/store"
)

// resolve finds out what a verb needs to know of its station before it can be a request of a version. It returns a verb of
// its own for the station: the one given may be for many. Verbs that need nothing are returned as they are.
func (c *commands) resolve(ctx context.Context, station string, v fleet.Verb) (fleet.Verb, error) {
	switch v := v.(type) {
	case *fleet.StartRequest:
		return c.resolveStart(ctx, station, *v)
	case *fleet.StopRequest:
		return c.resolveStop(ctx, station, *v)
	case *fleet.TransactionStatusRequest:
		return c.resolveTransactionStatus(ctx, station, *v)
	case *fleet.UnlockRequest:
		return c.resolveUnlock(ctx, station, *v)
	case *fleet.BatterySwapRequest:
		return c.resolveBatterySwap(ctx, *v)
	case *fleet.UpdateFirmwareRequest:
		return resolveUpdate(*v), nil
	case *fleet.AFRRSignalRequest:
		return resolveSignal(*v), nil
	case *fleet.LimitRequest:
		return c.resolveLimit(ctx, station, *v)
	case *fleet.SetProfileRequest:
		return c.resolveProfile(ctx, station, *v)
	case *fleet.GetProfilesRequest:
		asked := *v
		asked.RequestID = freshNumber()
		return &asked, nil
	case *fleet.GetDERRequest:
		asked := *v
		asked.RequestID = freshNumber()
		return &asked, nil
	case *fleet.RotateKeyRequest:
		return c.resolveKey(ctx, station, *v)
	case *fleet.ReserveRequest:
		return c.resolveReserve(ctx, station, *v)
	}
	return c.resolveCommon(ctx, station, numbered(v))
}

// resolveCommon gives a number to a verb that needs one, and finds the transaction of one that is about one.
func (c *commands) resolveCommon(ctx context.Context, station string, v fleet.Verb) (fleet.Verb, error) {
	own := reflect.New(reflect.TypeOf(v).Elem())
	own.Elem().Set(reflect.ValueOf(v).Elem())
	v, _ = reflect.TypeAssert[fleet.Verb](own)
	if n, ok := v.(fleet.NumberedVerb); ok {
		n.GiveNumber(freshNumber())
	}
	t, ok := v.(fleet.TransactionVerb)
	if !ok {
		return v, nil
	}
	found, err := c.transaction(ctx, station, t.NamedTransaction())
	t.FoundTransaction(found)
	return v, err
}

// resolveBatterySwap gives the swap its number, and the token the type that it has on record.
func (c *commands) resolveBatterySwap(ctx context.Context, v fleet.BatterySwapRequest) (fleet.Verb, error) {
	v.GiveNumber(freshNumber())
	var err error
	v.IDToken, err = c.recordedType(ctx, v.IDToken)
	return &v, err
}

// resolveUpdate gives the update its number and the present as its time, if it has none.
func resolveUpdate(v fleet.UpdateFirmwareRequest) fleet.Verb {
	v.GiveNumber(freshNumber())
	v.RetrieveAt = orPresent(v.RetrieveAt)
	return &v
}

// resolveSignal gives the signal the present as its time, if it has none.
func resolveSignal(v fleet.AFRRSignalRequest) fleet.Verb {
	v.At = orPresent(v.At)
	return &v
}

func orPresent(t *time.Time) *time.Time {
	if t != nil {
		return t
	}
	now := time.Now().UTC().Truncate(time.Second)
	return &now
}

// freshNumber returns a number for a request that the station's later messages refer to. It is random: a counter would have
// to survive restarts, and stations remember requests longer than that.
func freshNumber() int64 { return int64(rand.Int32N(1<<31-1)) + 1 }

// resolveStart gives the start its number, the tokens the types that they have on record, and finds the profile.
func (c *commands) resolveStart(ctx context.Context, station string, v fleet.StartRequest) (fleet.Verb, error) {
	v.RemoteStartID = freshNumber()
	var err error
	if v.IDToken, err = c.recordedType(ctx, v.IDToken); err == nil && v.Group != nil {
		group, found := c.recordedType(ctx, *v.Group)
		v.Group, err = &group, found
	}
	if err != nil || !v.WithProfile() {
		return &v, err
	}
	id, p, err := c.profileMeant(ctx, v.Library, v.Profile, v.ProfileID, int64(v.EVSE))
	if err != nil {
		return nil, err
	}
	limits, err := c.chargingLimits(ctx, station)
	if err != nil {
		return nil, err
	}
	return &v, v.Resolve(id, p, limits)
}

// recordedType completes a token without a type by the one that is on record.
func (c *commands) recordedType(ctx context.Context, t fleet.TokenArgument) (fleet.TokenArgument, error) {
	if t.Type != "" {
		return t, nil
	}
	record, err := c.store.Token(ctx, t.IDToken())
	if errors.Is(err, store.ErrNotFound) {
		return t, nil
	}
	t.Type = record.Type
	return t, err
}

// resolveStop finds the transaction that is meant.
func (c *commands) resolveStop(ctx context.Context, station string, v fleet.StopRequest) (fleet.Verb, error) {
	var err error
	if v.Transaction == "" {
		v.Running, err = c.running(ctx, station, v.EVSE)
	} else {
		v.Running, err = c.transaction(ctx, station, v.Transaction)
	}
	return &v, err
}

func (c *commands) resolveTransactionStatus(ctx context.Context, station string, v fleet.TransactionStatusRequest) (fleet.Verb, error) {
	if v.Transaction == "" {
		return &v, nil
	}
	var err error
	v.Running, err = c.transaction(ctx, station, v.Transaction)
	return &v, err
}

// transaction returns what a station calls a transaction. One that is not known here may be known there. An id that the station
// gave counts before one of the list: in OCPP 2.x its own may begin with its identity and a colon.
func (c *commands) transaction(ctx context.Context, station, id string) (fleet.RunningTransaction, error) {
	t, err := c.store.Transaction(ctx, station, id)
	if own := httpapi.OwnTransactionID(station, id); own != id && errors.Is(err, store.ErrNotFound) {
		id = own
		t, err = c.store.Transaction(ctx, station, id)
	}
	if errors.Is(err, store.ErrNotFound) {
		return fleet.RunningTransaction{ID: id, Number: fleet.NumberOfTransaction(id)}, nil
	}
	return fleet.RunningTransaction{ID: t.ID, Number: fleet.NumberOfTransaction(t.ID)}, err
}

// running returns the one transaction that goes on at a station, or at one EVSE of it.
func (c *commands) running(ctx context.Context, station string, evse int) (fleet.RunningTransaction, error) {
	active := true
	p, err := c.store.ListTransactions(ctx, store.TransactionQuery{Station: station, Active: &active, Limit: store.MaxLimit})
	if err != nil {
		return fleet.RunningTransaction{}, err
	}
	var found []fleet.Transaction
	for _, t := range p.Items {
		if evse == 0 || t.EVSE == evse {
			found = append(found, t)
		}
	}
	switch {
	case len(found) == 1:
		return fleet.RunningTransaction{ID: found[0].ID, Number: fleet.NumberOfTransaction(found[0].ID)}, nil
	case len(found) == 0 && evse == 0:
		return fleet.RunningTransaction{}, fleet.NotNow("", "no transaction goes on at the station, as far as is known here; to stop one nevertheless, give its id as transaction")
	case len(found) == 0:
		return fleet.RunningTransaction{}, fleet.NotNow("/evse", "no transaction goes on there, as far as is known here; to stop one nevertheless, give its id as transaction")
	}
	return fleet.RunningTransaction{}, fleet.NotNow("/transaction", "%d transactions go on there: say which", len(found))
}

// resolveUnlock finds the connector when the EVSE has one only.
func (c *commands) resolveUnlock(ctx context.Context, station string, v fleet.UnlockRequest) (fleet.Verb, error) {
	if v.Connector != 0 {
		return &v, nil
	}
	st, err := c.store.Station(ctx, station)
	if err != nil && !errors.Is(err, store.ErrNotFound) { // it may have come a moment ago
		return nil, err
	}
	var connectors []int
	for _, e := range st.EVSEs {
		for _, known := range e.Connectors {
			if e.ID == v.EVSE && known.Connector != 0 {
				connectors = append(connectors, known.Connector)
			}
		}
	}
	switch {
	case len(connectors) == 1:
		v.Connector = connectors[0]
	case len(connectors) > 1:
		return nil, fleet.NotNow("/connector", "EVSE %d has %d connectors: say which", v.EVSE, len(connectors))
	}
	return &v, nil
}
