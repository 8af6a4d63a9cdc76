package station

import (
	"context"

	"github.com/chargeyard/chargeyard/ocpp"
)

// gate judges a message of the CSMS when its turn comes: after a Rejected it may send none (2.x B03.FR.08; rule R42).
func (n *Connection) gate(*ocpp.Exchange) *ocpp.Error {
	n.awaitBoot(n.Context())
	if n.c.BootStatus() == ocpp.BootRejected {
		return ocpp.Errorf(ocpp.SecurityError, "the CSMS has rejected this station")
	}
	return nil
}

// sendGate judges a message of ours just before it is sent (rules R40 to R42).
func (n *Connection) sendGate(x *ocpp.Exchange) error {
	n.awaitBoot(n.Context())
	n.c.mu.Lock()
	defer n.c.mu.Unlock()
	b := &n.c.boot
	switch {
	case b.accepted():
		return nil
	case b.messageID == x.MessageID && x.MessageID != "":
		return nil
	case b.status == ocpp.BootPending && (n.triggered[x.Action.Name] || n.roles.reports[x.Action.Name]):
		return nil
	}
	return ErrNotAccepted
}

// interceptor is the application's interceptors and, innermost, our own.
func (n *Connection) interceptor() ocpp.Interceptor {
	list := make([]ocpp.Interceptor, 0, len(n.c.o.Interceptors)+1)
	return ocpp.Chain(append(append(list, n.c.o.Interceptors...), n.observe)...)
}

// observe applies the answer to a BootNotification before anybody sees it.
func (n *Connection) observe(ctx context.Context, x *ocpp.Exchange, req any, next ocpp.Next) (any, error) {
	if x.Inbound || x.Action.Name != n.roles.boot.Name {
		return next(ctx, req)
	}
	if n.c.o.Boot == nil {
		return next(ctx, req)
	}
	n.c.mu.Lock()
	epoch := n.c.boot.epoch
	n.c.mu.Unlock()
	n.c.boot.inFlight.Store(&x.MessageID)
	resp, err := next(ctx, req)
	if r, ok := resp.(ocpp.BootResponse); ok && err == nil {
		n.c.applyBoot(epoch, r.OCPPBootResult())
	} else {
		n.c.bootUnanswered()
	}
	return resp, err
}

// trigger lets an action through while Pending.
func (n *Connection) trigger(action string, allowed bool) {
	n.c.mu.Lock()
	defer n.c.mu.Unlock()
	if n.triggered == nil {
		n.triggered = make(map[string]bool)
	}
	n.triggered[action] = allowed
}
