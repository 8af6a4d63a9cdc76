package station

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocppj"
)

// boot is the registration of the station. It belongs to the identity and outlives connections (rule R31). All but
// inFlight is guarded by Client.mu.
type boot struct {
	status    ocpp.BootStatus // "" between power-on and the first answer
	wanted    bool            // a BootNotification is to be sent
	notBefore time.Time       // when it may be
	waits     backOffSequence // between boots for which the CSMS names no wait
	epoch     int             // counts power-ons: answers from before the last one say nothing

	content []byte       // of the boot that was accepted last
	version ocpp.Version // that it was accepted in
	profile int          // the network profile that it was accepted over

	messageID string        // of the boot that the client itself has under way
	applying  chan struct{} // not nil from the arrival of an answer until status is up to date

	inFlight atomic.Pointer[string] // id of the boot under way, whoever sends it; for the reader of the socket
}

// accepted reports whether everything may be sent.
func (b *boot) accepted() bool { return b.status == ocpp.BootAccepted }

// reset is a power-on. Without gating the station counts as accepted.
func (b *boot) reset(gated bool) {
	b.epoch++
	b.status, b.wanted = ocpp.BootAccepted, gated
	if gated {
		b.status = ""
	}
	b.content, b.notBefore = nil, time.Time{}
	b.waits.reset()
}

// connected decides whether the new connection has to boot: when nothing was accepted yet, after a switch of the
// network profile (2.x B10.FR.10) or of the version, and when the content has changed (rule R31).
func (b *boot) connected(n *Connection, content []byte) {
	if n.c.o.Boot == nil {
		b.profile = n.profileAt
		return
	}
	switched := n.profileAt != b.profile || n.Version() != b.version
	switch {
	case !b.accepted() && !switched:
		return // wanted, when notBefore has come
	case switched:
		b.profile, b.version = n.profileAt, n.Version()
		b.reset(true)
	case !bytes.Equal(content, b.content):
		b.wanted = true
	}
}

// bootContent is the content that a boot over n would have; nil when that does not matter.
func (c *Client) bootContent(n *Connection) []byte {
	if c.o.Boot == nil || c.BootStatus() != ocpp.BootAccepted {
		return nil
	}
	content, err := json.Marshal(c.o.Boot(n.Version()))
	if err != nil {
		return nil // differs from what was accepted: booting tells what is wrong
	}
	return content
}

// bootJob sends one BootNotification and waits for its answer.
func (c *Client) bootJob(n *Connection) {
	id := c.o.NewMessageID()
	req, content, err := c.bootRequest(n)
	epoch := c.bootStarts(id)
	var resp any
	if err == nil {
		ctx := ocppj.WithMessageID(n.Context(), id)
		resp, err = n.session.Do(ctx, n.roles.action(n.roles.boot), req, n.roles.boot.NewResponse)
	}
	wait := c.bootEnds(n, epoch, content, err)
	if err != nil && n.Cause() == nil {
		c.o.Logger.Warn("the boot failed", "station", c.o.Identity, "err", err, "retry", wait)
	}
	c.reportBoot(n, resp, err)
}

func (c *Client) bootRequest(n *Connection) (req any, content []byte, err error) {
	req = c.o.Boot(n.Version())
	want := n.roles.action(n.roles.boot)
	if r, ok := req.(interface{ OCPPAction() ocpp.Action }); !ok || r.OCPPAction() != want {
		return nil, nil, fmt.Errorf("station: Options.Boot returned a %T for %s", req, want)
	}
	content, err = json.Marshal(req)
	return req, content, err
}

func (c *Client) bootStarts(id string) (epoch int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.boot.messageID = id
	return c.boot.epoch
}

// bootEnds notes the end of our own boot. Its result was applied by the interceptor already; without one the next
// boot waits for our own back-off, or for the next connection when this one is gone.
func (c *Client) bootEnds(n *Connection, epoch int, content []byte, err error) (wait time.Duration) {
	own := c.currentBackOff()
	random := own.random()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.boot.messageID = ""
	if epoch != c.boot.epoch {
		return 0
	}
	if err != nil {
		c.bootFailed(n, err)
	}
	switch {
	case err == nil && c.boot.accepted():
		c.boot.content = content
	case err != nil && n.Cause() == nil:
		wait = c.boot.waits.next(own, random)
		c.boot.wanted = true
		c.boot.notBefore = time.Now().Add(wait)
	}
	return wait
}

func (c *Client) reportBoot(n *Connection, resp any, err error) {
	if c.o.OnBoot == nil || n.Cause() != nil && err != nil {
		return
	}
	var result ocpp.BootResult
	if r, ok := resp.(ocpp.BootResponse); ok {
		result = r.OCPPBootResult()
	}
	c.o.OnBoot(result, err)
}

// applyBoot takes over what a boot response says, of our own boot or of one that the application sent.
func (c *Client) applyBoot(epoch int, r ocpp.BootResult) {
	own := c.currentBackOff()
	random := own.random()
	c.mu.Lock()
	c.boot.finishApplying()
	if epoch != c.boot.epoch {
		c.mu.Unlock()
		return
	}
	c.boot.apply(r, own, random)
	c.trouble = bootTrouble(r)
	if c.boot.accepted() {
		c.heartbeat.accepted(r.Interval)
		c.delivery.dirty = true
	}
	changed := c.announce()
	c.mu.Unlock()
	close(changed)
	c.kick()
}

// bootUnanswered lets those go on who wait for the result of a boot that has none.
func (c *Client) bootUnanswered() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.boot.inFlight.Store(nil)
	c.boot.finishApplying()
}

func (b *boot) apply(r ocpp.BootResult, own BackOff, random time.Duration) {
	b.status = r.Status
	b.wanted = !b.accepted()
	if b.accepted() {
		b.waits.reset()
		return
	}
	wait := r.Interval
	if wait <= 0 { // 2.x B02.FR.07, B03.FR.05
		wait = b.waits.next(own, random)
	}
	b.notBefore = time.Now().Add(wait)
}

// finishApplying lets those go on who wait for the status to be up to date. A close under the lock wakes them and
// waits for nobody.
func (b *boot) finishApplying() {
	if b.applying != nil {
		close(b.applying)
		b.applying = nil
	}
}

// BootAgain sends a BootNotification over the present connection, as after a TriggerMessage for it, or when the content
// of the boot has changed. What was accepted stays accepted until the CSMS answers something else. After a
// boot that was Rejected the wait that the CSMS named is kept. Without Options.Boot it does nothing.
func (c *Client) BootAgain() {
	if c.o.Boot == nil {
		return
	}
	c.mu.Lock()
	c.boot.wanted = true
	if c.boot.status != ocpp.BootRejected {
		c.boot.notBefore = time.Time{}
	}
	c.mu.Unlock()
	c.kick()
}

// Reboot does what switching off and on does: the boot is forgotten, the connection ends after the calls and handlers
// under way, the client connects at once beginning with the first network profile (2.x B10.FR.04), and boots. A handler
// of Reset may call it: its answer still goes out.
func (c *Client) Reboot() {
	c.mu.Lock()
	c.boot.reset(c.o.Boot != nil)
	c.profiles.restart()
	n := c.conn
	c.mu.Unlock()
	if n != nil {
		n.leave(ErrRebooted)
		return
	}
	c.hurry()
}

// hurry cuts the wait for the next attempt short.
func (c *Client) hurry() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// awaitBoot waits until the status is up to date, when the answer to a boot has arrived and was not applied yet: what
// the CSMS sends right behind the answer, and calls that waited for it, are judged by it.
func (n *Connection) awaitBoot(ctx context.Context) {
	n.c.mu.Lock()
	applying := n.c.boot.applying
	n.c.mu.Unlock()
	if applying == nil {
		return
	}
	select {
	case <-applying:
	case <-ctx.Done():
	}
}

// noteBootAnswer looks whether a frame is the answer to a boot, on the goroutine that reads the socket.
func (n *Connection) noteBootAnswer(frame []byte) {
	id := n.c.boot.inFlight.Load()
	if id == nil || !answers(frame, *id) {
		return
	}
	n.c.mu.Lock()
	defer n.c.mu.Unlock()
	if n.c.boot.inFlight.CompareAndSwap(id, nil) && n.c.boot.applying == nil {
		n.c.boot.applying = make(chan struct{})
	}
}

// answers reports whether frame is a CALLRESULT with the given id. An id that the peer escaped in an unusual way is
// not recognised; then only the order of simultaneous events is less strict.
func answers(frame []byte, id string) bool {
	rest, ok := skip(frame, "[")
	if ok {
		rest, ok = skip(rest, "3")
	}
	if ok {
		rest, ok = skip(rest, ",")
	}
	if ok {
		_, ok = skip(rest, `"`+id+`"`)
	}
	return ok
}

func skip(b []byte, token string) ([]byte, bool) {
	return bytes.CutPrefix(bytes.TrimLeft(b, " \t\r\n"), []byte(token))
}
