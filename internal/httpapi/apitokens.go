package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// APITokens are the tokens that the API accepts. All methods may be called from many goroutines.
type APITokens interface {
	TokenVerifier

	// List returns the records of all tokens, oldest first.
	List(ctx context.Context) ([]fleet.APIToken, error)
	// New makes a token. Only its hash is kept.
	New(ctx context.Context, name string) (token string, record fleet.APIToken, err error)
	// Revoke makes the token of this id invalid at once. store.ErrNotFound.
	Revoke(ctx context.Context, id string) error
	// Revoked is closed when a token has been revoked since the call: who has a long answer under way looks whether its
	// token is still valid.
	Revoked() <-chan struct{}
}

// APIToken is the record of a bearer token for this API.
type APIToken struct {
	ID        string     `json:"id" doc:"It names the token and tells nothing about it" example:"q1J0bVn3xK2a"`
	Name      string     `json:"name" doc:"What or whom it is for" example:"dashboard"`
	CreatedAt *time.Time `json:"createdAt"`
}

// CreatedAPIToken is a new bearer token.
type CreatedAPIToken struct {
	APIToken
	Token string `json:"token" doc:"The token, shown this once: send it as Authorization: Bearer TOKEN" example:"cy_8dLw..."`
}

// NewAPIToken is a bearer token to create.
type NewAPIToken struct {
	Name string `json:"name" minLength:"1" maxLength:"100" doc:"What or whom it is for" example:"dashboard"`
}

type newAPITokenInput struct{ Body NewAPIToken }

type apiTokenInput struct {
	ID string `path:"id" maxLength:"64" doc:"Id of the list"`
}

func (a *api) registerAPITokens() {
	tags := []string{"API token"}
	operate(a, huma.Operation{
		OperationID: "list-api-tokens", Method: http.MethodGet, Path: "/api-tokens", Tags: tags,
		Summary:     "List the tokens that this API accepts, oldest first",
		Description: "Their names and ages; what they are is not kept. The one of --api-token is not among them.",
	}, a.listAPITokens)
	operate(a, huma.Operation{
		OperationID: "create-api-token", Method: http.MethodPost, Path: "/api-tokens", Tags: tags, DefaultStatus: http.StatusCreated,
		Summary: "Make a token for this API", Description: "It is shown in this answer only, and kept as a hash.",
	}, a.createAPIToken)
	operate(a, huma.Operation{
		OperationID: "revoke-api-token", Method: http.MethodDelete, Path: "/api-tokens/{id}", Tags: tags, DefaultStatus: http.StatusNoContent,
		Summary: "Revoke a token", Description: "It is not accepted any more, from the next request on: also when it is the one of this request. A stream of events that it has opened ends. When none is left, `chargeyard token new` makes one.",
	}, a.revokeAPIToken)
}

func (a *api) listAPITokens(ctx context.Context, _ *struct{}) (*answer[List[APIToken]], error) {
	records, err := a.o.Tokens.List(ctx)
	if err != nil {
		return nil, err
	}
	list := List[APIToken]{Items: make([]APIToken, 0, len(records))}
	for _, r := range records {
		list.Items = append(list.Items, viewAPIToken(r))
	}
	return &answer[List[APIToken]]{list}, nil
}

func viewAPIToken(r fleet.APIToken) APIToken {
	return APIToken{ID: r.ID, Name: r.Name, CreatedAt: instant(r.CreatedAt)}
}

func (a *api) createAPIToken(ctx context.Context, in *newAPITokenInput) (*answer[CreatedAPIToken], error) {
	token, record, err := a.o.Tokens.New(ctx, in.Body.Name)
	if err != nil {
		return nil, err
	}
	return &answer[CreatedAPIToken]{CreatedAPIToken{viewAPIToken(record), token}}, nil
}

func (a *api) revokeAPIToken(ctx context.Context, in *apiTokenInput) (*struct{}, error) {
	return nil, a.o.Tokens.Revoke(ctx, in.ID)
}
