package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

const changeStation = `What the body does not name stays. A security profile is only raised (A05). A connection below it is closed at once, and refused from then on: first have
the station come with the new one, by set-network-profile, NetworkConfigurationPriority and reset (in OCPP 1.6 its key SecurityProfile).
409: it is lower than the one it has, or below 3 and the station has no key. Nothing is changed then. A change of the boot counts from the next boot on: a Pending or Rejected station boots again
after bootInterval. A Pending one that is connected is asked to boot at once when it shall not be Pending any more;
bootTrigger says how it answered. An accepted station is not asked, and a rejected one cannot be (B03.FR.03): both go on
until they boot. A tariff counts for transactions that begin from now on.`

// StationChange is what to change of a station.
type StationChange struct {
	SecurityProfile   *int    `json:"securityProfile,omitempty" minimum:"1" maximum:"3" doc:"The lowest security profile that it may connect with from now on: 1 is a key, 2 a key over TLS, 3 a certificate over TLS" example:"2"`
	Boot              *string `json:"boot,omitempty" enum:"Default,Accepted,Pending,Rejected" doc:"How its boots shall be answered. Default: as the server's --boot says. Pending: it may be configured, and not charge. Rejected: nothing is sent to it" example:"Accepted"`
	BootInterval      *int    `json:"bootInterval,omitempty" minimum:"0" maximum:"86400" doc:"Seconds until it shall boot again while it is not accepted; 0: the server's default"`
	HeartbeatInterval *int    `json:"heartbeatInterval,omitempty" minimum:"0" maximum:"86400" doc:"Seconds between its heartbeats once it is accepted; 0: the server's default. The station learns it at its next boot"`

	Tariff Clearable[string] `json:"tariff,omitzero" maxLength:"60" doc:"Id of the tariff of drivers without one of their own; null: none" example:"T-2026-11"`
}

type changeStationInput struct {
	ID   string `path:"id" maxLength:"255" doc:"Identity of the station"`
	Body StationChange
}

// ChangedStation is a station after a change.
type ChangedStation struct {
	StationDetail
	BootTrigger *string `json:"bootTrigger" doc:"How it answered when it was asked to boot again: Accepted, Rejected, NotImplemented, or why there is no answer, as for commands. null: it was not asked" example:"Accepted"`
}

func (a *api) changeStation(ctx context.Context, in *changeStationInput) (*answer[ChangedStation], error) {
	if err := a.knownTariff(ctx, in.Body.Tariff.Value); err != nil { // before anything is changed
		return nil, err
	}
	if err := a.raiseProfile(ctx, in.ID, in.Body.SecurityProfile); err != nil {
		return nil, err
	}
	if in.Body.Tariff.Sent {
		if err := a.o.Store.SetStationTariff(ctx, in.ID, in.Body.Tariff.Value); err != nil {
			return nil, err
		}
	}
	if p := in.Body.SecurityProfile; p == nil || in.Body.change() != (store.BootChange{}) {
		if err := a.o.Store.ChangeBootPolicy(ctx, in.ID, in.Body.change()); err != nil {
			return nil, err
		}
	}
	if p := in.Body.SecurityProfile; p != nil {
		a.o.Fleet.DisconnectBelow(in.ID, *p, fmt.Sprintf("its security profile was raised: it may come with profile %d or higher", *p))
	}
	s, err := a.o.Store.Station(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	changed := ChangedStation{StationDetail: viewStationDetail(s)}
	if in.Body.Boot != nil && s.Online && s.BootStatus == fleet.BootPending && s.BootPolicy.Status != fleet.BootPending {
		changed.BootTrigger = orNull(a.triggerBoot(ctx, in.ID))
	}
	return &answer[ChangedStation]{changed}, nil
}

// knownTariff refuses a tariff that there is not; "" is none.
func (a *api) knownTariff(ctx context.Context, id string) error {
	if id == "" {
		return nil
	}
	_, err := a.o.Store.Tariff(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return store.ErrNoTariff
	}
	return err
}

func (a *api) raiseProfile(ctx context.Context, station string, profile *int) error {
	if profile == nil {
		return nil
	}
	err := a.o.Store.RaiseProfile(ctx, station, *profile)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return problem(http.StatusNotFound, "no station of this identity was created, and only those have a security profile; POST stations creates one, also one that was seen")
	case errors.Is(err, store.ErrLowerProfile):
		return problem(http.StatusConflict, "the station has a higher security profile, and profiles are not lowered: delete it and create it again")
	case errors.Is(err, store.ErrNoKey):
		return problem(http.StatusConflict, "the station has no key; POST stations/{id}/key makes one")
	}
	return err
}

func (c StationChange) change() store.BootChange {
	return store.BootChange{Status: c.status(), Retry: asDuration(c.BootInterval), Heartbeat: asDuration(c.HeartbeatInterval)}
}

func (c StationChange) status() *fleet.BootStatus {
	if c.Boot == nil {
		return nil
	}
	status := fleet.BootStatus(*c.Boot)
	if status == "Default" {
		status = fleet.BootNone
	}
	return &status
}

func asDuration(n *int) *time.Duration {
	if n == nil {
		return nil
	}
	d := time.Duration(*n) * time.Second
	return &d
}

// triggerTimeout bounds how long a change waits for the station. One that does not answer boots by itself.
const triggerTimeout = 5 * time.Second

// triggerBoot asks a station to boot again: the same request in all versions. It returns the status of its answer, or
// why there is none.
func (a *api) triggerBoot(ctx context.Context, station string) string {
	got, err := a.o.Fleet.Command(ctx, Command{
		Station: station, Action: "TriggerMessage", Payload: []byte(`{"requestedMessage":"BootNotification"}`), Timeout: triggerTimeout,
	})
	var failed *CommandError
	switch {
	case errors.As(err, &failed):
		return string(failed.Outcome)
	case err != nil:
		return string(CommandOffline)
	}
	return answerStatus(got.Response)
}

// answerStatus reads the status that most answers have; it is "" in others.
func answerStatus(response json.RawMessage) string {
	var body struct {
		Status string `json:"status"`
	}
	if json.Unmarshal(response, &body) != nil {
		return ""
	}
	return body.Status
}
