package httpapi

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chargeyard/chargeyard/internal/store"
)

// answer is the output of an operation with a body.
type answer[T any] struct{ Body T }

// operate registers an operation. What its handler returns as an error becomes a Problem; an error that is none
// is logged and answered 500 without its text.
func operate[I, O any](a *api, op huma.Operation, handle func(context.Context, *I) (*O, error)) {
	op.Path = prefix + op.Path
	if op.Responses == nil {
		op.Responses = map[string]*huma.Response{}
	}
	op.Responses["default"] = a.problemResponse()
	op.MaxBodyBytes = maxBody
	op.RejectUnknownQueryParameters = true
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := handle(ctx, in)
		if err != nil {
			return nil, a.asProblem(ctx, op, err)
		}
		return out, nil
	})
}

func (a *api) asProblem(ctx context.Context, op huma.Operation, err error) error {
	var p *Problem
	switch {
	case errors.As(err, &p):
		return p
	case errors.Is(err, store.ErrNotFound):
		return problem(http.StatusNotFound, "there is no such "+op.Tags[0])
	case errors.Is(err, store.ErrNoTariff):
		return problem(http.StatusUnprocessableEntity, "there is no such tariff", Fault{Detail: "PUT tariffs/{id} makes one", Pointer: "/tariff"})
	case errors.Is(err, store.ErrCursor):
		return problem(http.StatusBadRequest, "this is no cursor of this list",
			Fault{Detail: `take the value of "next" in the answer before`, Parameter: "cursor"})
	case errors.Is(err, store.ErrUnavailable), errors.Is(err, store.ErrClosed):
		return problem(http.StatusServiceUnavailable, "the store cannot do this just now; the log says why")
	case ctx.Err() != nil:
		return problem(http.StatusServiceUnavailable, "the request was given up")
	}
	a.o.Log.Error("an API request failed", "operation", op.OperationID, "error", err)
	return problem(http.StatusInternalServerError, "the server could not do this; its log says why")
}
