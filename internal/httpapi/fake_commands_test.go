package httpapi_test

import (
	"context"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/httpapi"
	"github.com/chargeyard/chargeyard/internal/store"
)

// fakeCommands has one command.
type fakeCommands struct {
	kept     fleet.Command
	keptErr  error
	gotKept  httpapi.QueuedCommand
	canceled string
	gotVerb  httpapi.VerbCommand
	gotLimit fleet.LimitChange
	done     httpapi.VerbAnswer
}

func (f *fakeCommands) Queue(_ context.Context, c httpapi.QueuedCommand) (fleet.Command, error) {
	f.gotKept = c
	return f.kept, f.keptErr
}

func (f *fakeCommands) Cancel(_ context.Context, id string) (fleet.Command, error) {
	f.canceled = id
	return f.kept, f.keptErr
}

func (f *fakeStore) Command(_ context.Context, id string) (fleet.Command, error) {
	if f.kept == nil || id != f.kept.ID {
		return fleet.Command{}, store.ErrNotFound
	}
	return *f.kept, f.err
}

func (f *fakeStore) ListCommands(_ context.Context, q store.CommandQuery) (store.Page[fleet.Command], error) {
	f.asked = q
	p := store.Page[fleet.Command]{}
	if f.kept != nil {
		p.Items = append(p.Items, *f.kept)
	}
	return p, f.err
}

func (f *fakeCommands) LimitTransaction(_ context.Context, _ fleet.Transaction, c fleet.LimitChange) error {
	f.gotLimit = c
	return f.keptErr
}

func (f *fakeCommands) Do(_ context.Context, c httpapi.VerbCommand) (httpapi.VerbAnswer, error) {
	f.gotVerb = c
	return f.done, f.keptErr
}
