package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/httpapi"
	"github.com/chargeyard/chargeyard/internal/store"
	"github.com/chargeyard/chargeyard/ocppj"
)

// resumed has the profiles of a transaction sent again that goes on after a restart of its station, unless the station has said that
// it keeps them (B13.FR.31, E17.FR.15). They are queued before the event is answered, and the same event queues them once.
func (p *plans) resumed(ctx context.Context, station, transaction string, seqNo int64) error {
	list, err := p.store.ListVariables(ctx, store.VariableQuery{
		Station: station, Attribute: fleet.AttributeActual, SettingQuery: store.SettingQuery{Component: "SmartChargingCtrlr", Variable: "ChargingProfilePersistence"},
	})
	if err != nil {
		return err
	}
	for _, v := range list.Items {
		if v.Setting.VariableInstance == string(fleet.PurposeTx) && v.Value != nil && strings.EqualFold(*v.Value, "true") {
			return nil
		}
	}
	return p.again(ctx, station, transaction, fmt.Sprintf("resumed:%d", seqNo))
}

// resumedExpiry is how long the profiles of a transaction wait for their station when they are sent again.
const resumedExpiry = 10 * time.Minute

// again queues the profiles that a transaction has from here. They go out when the station has its answer. With the same occasion
// they are queued once.
func (p *plans) again(ctx context.Context, station, transaction, occasion string) error {
	st, online := p.commands.csms.Station(station)
	if !online {
		return nil // it has gone, and comes with its events
	}
	have, err := p.store.ListInstalledProfiles(ctx, store.InstalledProfileQuery{
		Station: station, Purpose: string(fleet.PurposeTx), Transaction: transaction, Limit: store.MaxLimit,
	})
	if err != nil {
		return err
	}
	now := time.Now()
	for i := range have.Items {
		profile := &have.Items[i]
		req, err := translate(st.Version(), &fleet.SetProfileRequest{Install: profile.Installation()})
		if err != nil {
			p.log.Warn("a charging profile of a transaction cannot be sent again", "station", station, "transaction", transaction, "profile", profile.ProfileID, "error", err)
			continue
		}
		payload, err := json.Marshal(req)
		if err != nil {
			return err
		}
		c := fleet.Command{
			ID: ocppj.NewMessageID(), Station: station, Version: st.Version().String(), Action: req.OCPPAction().Name, Payload: payload,
			Lane: fleet.LaneCharging, Timeout: httpapi.MaxCommandTimeout, CreatedAt: now, ExpiresAt: now.Add(resumedExpiry), State: fleet.StateQueued,
			Key: fmt.Sprintf("again:%s:%s:%s:%d", station, transaction, occasion, profile.ProfileID),
		}
		kept, _, err := p.store.AddCommand(ctx, c)
		switch {
		case errors.Is(err, store.ErrKeyTaken):
			continue // it was sent again, and is another one since
		case errors.Is(err, store.ErrQueueFull):
			p.log.Warn("a charging profile of a transaction is not sent again", "station", station, "transaction", transaction, "profile", profile.ProfileID, "error", err)
			continue
		case err != nil:
			return err
		}
		p.commands.queue.note(kept)
	}
	return nil
}
