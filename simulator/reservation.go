package simulator

import (
	"context"
	"strings"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
)

// reservation keeps an EVSE free for a token.
type reservation struct {
	id      int
	token   string
	group   string // 2.x groupIdToken, 1.6 parentIdTag; "" is none
	expires time.Time
	timer   *time.Timer
}

// mayUse reports whether a token may use the EVSE: it is not reserved, or reserved for it.
func (o *outlet) mayUse(token string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	r := o.reserved
	return r == nil || strings.EqualFold(r.token, token) || r.group != "" && strings.EqualFold(r.group, token)
}

// consume uses up the reservation for a token, and returns its id (H03.FR.09).
func (o *outlet) consume(token string) ocpp.Opt[int] {
	o.mu.Lock()
	defer o.mu.Unlock()
	r := o.reserved
	if r == nil || !strings.EqualFold(r.token, token) && (r.group == "" || !strings.EqualFold(r.group, token)) {
		return ocpp.Opt[int]{}
	}
	r.timer.Stop()
	o.reserved = nil
	return ocpp.Some(r.id)
}

// reservable says whether an EVSE can be reserved, in the words of ReservationStatus.
func (o *outlet) reservable(id int) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case o.faulted:
		return "Faulted"
	case o.inoperative[1]:
		return "Unavailable"
	case o.tx != nil || o.state != connectorAvailable || o.reserved != nil && o.reserved.id != id:
		return "Occupied"
	}
	return "Accepted"
}

// reserve reserves one of some EVSEs until a time. A reservation of the same id is replaced (H01.FR.02).
func (s *Station) reserve(outlets []*outlet, r reservation) (status string) {
	status = "Rejected"
	for _, o := range outlets {
		if status = o.reservable(r.id); status != "Accepted" {
			continue
		}
		s.release(r.id)
		r.timer = time.AfterFunc(s.fleet.clock.real(r.expires.Sub(s.now())), func() { s.expired(o, r.id) })
		o.mu.Lock()
		o.reserved = &r
		o.mu.Unlock()
		s.after(func(ctx context.Context) { s.showAll(ctx, o, s.now()) })
		return status
	}
	return status
}

// release ends a reservation; it reports false when there is none of that id.
func (s *Station) release(id int) bool {
	for _, o := range s.outlets {
		if o.unreserve(id) {
			s.after(func(ctx context.Context) { s.showAll(ctx, o, s.now()) })
			return true
		}
	}
	return false
}

func (o *outlet) unreserve(id int) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.reserved == nil || o.reserved.id != id {
		return false
	}
	o.reserved.timer.Stop()
	o.reserved = nil
	return true
}

// expired is the end of a reservation that nobody used (H04).
func (s *Station) expired(o *outlet, id int) {
	if o.unreserve(id) {
		s.after(func(ctx context.Context) {
			s.tell2(ctx, "ReservationStatusUpdate", map[string]any{"reservationId": id, "reservationUpdateStatus": "Expired"})
			s.showAll(ctx, o, s.now())
		})
	}
}
