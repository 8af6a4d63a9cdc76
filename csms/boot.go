package csms

import (
	"context"
	"errors"
	"fmt"

	"github.com/chargeyard/chargeyard/ocpp"
)

// BootStates keeps what the boot of each identity was last answered. It belongs to the identity, not to a
// connection: a station that comes back is served without a new boot, or goes on being refused (rules R31, R43).
// Its methods are called from many goroutines at once, and may block: that delays only one station.
type BootStates interface {
	// LoadBoot returns the last answer, and "" when there was none. It is called once for each connection, before
	// the upgrade; an error refuses the connection with 503.
	LoadBoot(ctx context.Context, identity string) (ocpp.BootStatus, error)

	// SaveBoot stores an answer that differs from the last one, before the station gets it. After an error the
	// station gets an InternalError instead.
	SaveBoot(ctx context.Context, identity string, status ocpp.BootStatus) error
}

// errBootStates marks a failure of Options.BootStates.
var errBootStates = errors.New("csms: the boot status cannot be loaded")

// loadBoot returns nil when the server itself remembers the boots.
func (s *Server) loadBoot(ctx context.Context, identity string) (*ocpp.BootStatus, error) {
	if s.options.BootStates == nil {
		return nil, nil
	}
	status, err := s.options.BootStates.LoadBoot(ctx, identity)
	if err != nil {
		return nil, fmt.Errorf("%w: %q: %w", errBootStates, identity, err)
	}
	return &status, nil
}

// saveBoot notes the status of a boot response before it goes out.
func (st *Station) saveBoot(ctx context.Context, resp ocpp.BootResponse) error {
	status := resp.OCPPBootResult().Status
	if status == st.memory.bootStatus() {
		st.memory.setBoot(status)
		return nil
	}
	if states := st.server.options.BootStates; states != nil {
		if err := states.SaveBoot(ctx, st.identity, status); err != nil {
			return fmt.Errorf("csms: the boot status of %q cannot be saved: %w", st.identity, err)
		}
	}
	st.memory.setBoot(status)
	return nil
}

// admits decides on an inbound message by the boot status (rules R42, R43; 2.x B02.FR.02, B02.FR.09, B03.FR.07). A
// station that was never answered is served: it may have booted before this server was started.
func (st *Station) admits(action string) *ocpp.Error {
	status := st.memory.bootStatus()
	if status != ocpp.BootPending && status != ocpp.BootRejected {
		return nil
	}
	role := st.server.roles.of(ocpp.Action{Version: st.Version(), Name: action})
	if role == roleBoot {
		return nil
	}
	if status == ocpp.BootPending && (role == roleReport || st.memory.wasTriggered(action)) {
		return nil
	}
	return ocpp.Errorf(ocpp.SecurityError, "the boot of the station is %s", status)
}

// gateCall refuses to initiate anything towards a station whose boot was rejected (rule R42).
func (st *Station) gateCall() error {
	if st.memory.bootStatus() == ocpp.BootRejected {
		return ErrBootRejected
	}
	return nil
}

// noteTrigger lets the action that a trigger asks for through from before the request is sent, because the station
// may send it right behind its answer. The returned function takes that back when the station refused.
func (st *Station) noteTrigger(req any) (settle func(resp any, err error)) {
	trigger, ok := req.(ocpp.TriggerRequest)
	if !ok || !st.memory.trigger(trigger.OCPPTriggers()) {
		return func(any, error) {}
	}
	return func(resp any, err error) {
		answer, ok := resp.(ocpp.TriggerResponse)
		if ocpp.Remote(err) || ok && !answer.OCPPTriggerAccepted() {
			st.memory.untrigger(trigger.OCPPTriggers())
		}
	}
}
