package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// CredentialState is how it stands with the key of a station.
type CredentialState struct {
	Set       bool       `json:"set" doc:"The station has a key here; false: it comes without, or with a certificate"`
	Since     *time.Time `json:"since" doc:"When this key began to count; null: not known"`
	SeenAt    *time.Time `json:"seenAt" doc:"When the station first came with this key; null: not yet, or before this was noted"`
	Offered   bool       `json:"offered" doc:"A new key was sent to the station. Either is accepted until it comes with the new one, which ends the old one"`
	OfferedAt *time.Time `json:"offeredAt" doc:"When; null: none is offered"`
}

// RotateRequest says what to answer.
type RotateRequest struct {
	Show bool `json:"show,omitempty" doc:"Show the new key in this answer, once. It is shown nowhere else; left out, only the station knows it"`
}

// Rotated is what became of a new key.
type Rotated struct {
	Station string  `json:"station" example:"CP-001"`
	Status  string  `json:"status" enum:"changed,waiting,refused" doc:"changed: the station took it over, and the old one is not accepted any more. waiting: it takes it over when it starts again; either is accepted until it comes with the new one. refused: it did not take it, and goes on with the old one"`
	Said    string  `json:"said" doc:"What the station answered" example:"Accepted"`
	Key     *string `json:"key" doc:"The new key, if it was asked for and not refused: OCPP 1.6 sends its 20 bytes, 2.x the text"`
}

type rotateInput struct {
	ID   string         `path:"id" maxLength:"255" doc:"Identity of the station"`
	Body *RotateRequest // nil: there is none
}

const rotateHelp = `Makes a new key, sends it to the station (AuthorizationKey in OCPP 1.6, BasicAuthPassword of SecurityCtrlr in 2.x), and accepts it beside
the old one until it is clear which one the station has: when it accepts, the old one ends; when it needs a restart, or does not
answer, the old one ends when the station comes with the new one. A key is never kept in clear, and never waits for a station.
409: the station is not connected, or has no key here. The verb rotate-key does the same for stations that come later, and for
many stations with POST /bulks; nobody sees these keys.`

func (a *api) registerCredentials() {
	operate(a, huma.Operation{
		OperationID: "get-credential", Method: http.MethodGet, Path: "/stations/{id}/credential", Tags: []string{"station"},
		Summary: "Get how it stands with the key of a station", Description: "404: the station is not known here, and needs no key.",
	}, a.getCredential)
	operate(a, huma.Operation{
		OperationID: "rotate-credential", Method: http.MethodPost, Path: "/stations/{id}/credential/rotate", Tags: []string{"station"},
		Summary: "Give a connected station a new key", Description: rotateHelp,
	}, a.rotateCredential)
}

func (a *api) getCredential(ctx context.Context, in *stationInput) (*answer[CredentialState], error) {
	s, err := a.o.Store.CredentialState(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &answer[CredentialState]{CredentialState{
		Set: s.Set, Since: instant(s.Since), SeenAt: instant(s.Seen), Offered: s.Offered, OfferedAt: instant(s.OfferedAt),
	}}, nil
}

// Why no key is sent.
var (
	errKeyless   = errors.New("the station has no key here: it comes without one, or with a certificate")
	errNotOnline = errors.New("the station is not connected, and keys do not wait for stations")
)

func (a *api) rotateCredential(ctx context.Context, in *rotateInput) (*answer[Rotated], error) {
	allowTime(ctx, rotateTimeout)
	got, err := a.rotate(ctx, in.ID)
	switch {
	case errors.Is(err, errKeyless):
		return nil, problem(http.StatusConflict, err.Error()+"; nothing was sent")
	case errors.Is(err, errNotOnline):
		p := problem(http.StatusConflict, err.Error()+"; nothing was sent")
		p.Reason = CommandOffline.reason()
		return nil, p
	case err != nil:
		return nil, verbProblem(err)
	}
	if in.Body == nil || !in.Body.Show || got.Status == "refused" {
		got.Key = nil
	}
	return &answer[Rotated]{got}, nil
}

// rotateTimeout is how long a station has to take a key over.
const rotateTimeout = 30 * time.Second

// rotate gives a station a new key, which is in the result.
func (a *api) rotate(ctx context.Context, station string) (Rotated, error) {
	s, err := a.o.Store.Station(ctx, station)
	if err != nil {
		return Rotated{}, err
	}
	state, err := a.o.Store.CredentialState(ctx, station)
	switch {
	case errors.Is(err, store.ErrNotFound), err == nil && !state.Set:
		return Rotated{}, errKeyless
	case err != nil:
		return Rotated{}, err
	case !s.Online:
		return Rotated{}, errNotOnline
	}
	key := fleet.NewKey()
	got, err := a.o.Fleet.Do(ctx, VerbCommand{Station: station, Verb: &fleet.RotateKeyRequest{Key: key}, Timeout: rotateTimeout})
	if err != nil {
		return Rotated{}, err
	}
	said := fleet.ReadAnswer(json.RawMessage(got.Response))
	r := Rotated{Station: station, Status: "refused", Said: said.Status, Key: &key}
	switch said.Verdict {
	case fleet.VerdictAccepted:
		r.Status = "changed"
	case fleet.VerdictRebootRequired:
		r.Status = "waiting"
	}
	return r, nil
}
