package httpapi_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/httpapi"
	"github.com/chargeyard/chargeyard/internal/store"
)

func (o oneToken) List(context.Context) ([]fleet.APIToken, error) {
	return []fleet.APIToken{{ID: "one", Name: "the only one", Hash: []byte("hash")}}, o.err
}

func (o oneToken) New(_ context.Context, name string) (string, fleet.APIToken, error) {
	return "cy_new", fleet.APIToken{ID: "two", Name: name}, o.err
}

func (o oneToken) Revoke(_ context.Context, id string) error {
	if id != "one" {
		return store.ErrNotFound
	}
	return o.err
}

func (oneToken) Revoked() <-chan struct{} { return nil }

var _ httpapi.APITokens = oneToken{}

func TestAPITokensAreListedMadeAndRevoked(t *testing.T) {
	r := newRig(t)
	item := r.do(http.MethodGet, "/api/v1/api-tokens", "", http.StatusOK)["items"].([]any)[0].(map[string]any)
	wantFields(t, item, map[string]any{"id": "one", "name": "the only one"})
	if len(item) != 3 {
		t.Errorf("a token in the list shows %v", item)
	}
	got := r.do(http.MethodPost, "/api/v1/api-tokens", `{"name":"grafana"}`, http.StatusCreated)
	wantFields(t, got, map[string]any{"id": "two", "name": "grafana", "token": "cy_new"})
	r.do(http.MethodDelete, "/api/v1/api-tokens/one", "", http.StatusNoContent)
	r.do(http.MethodDelete, "/api/v1/api-tokens/two", "", http.StatusNotFound)
	r.do(http.MethodPost, "/api/v1/api-tokens", `{"name":""}`, http.StatusUnprocessableEntity)
}
