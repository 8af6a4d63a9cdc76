package station

import (
	"fmt"
	"slices"
	"time"
)

// SetPingInterval changes the time between two pings of this end at once, for this connection and those to come; 0
// or less is off (WebSocketPingInterval; rule R33). The idle timeout that belongs to it changes with it, unless
// Options.IdleTimeout sets one.
func (c *Client) SetPingInterval(d time.Duration) {
	d = max(d, 0)
	_, idle := liveness(d, c.o.IdleTimeout)
	c.mu.Lock()
	c.ping = d
	n := c.conn
	c.mu.Unlock()
	if n != nil {
		n.ws.SetPingInterval(d) // first: it forgets the silence that the old interval allowed
		n.ws.SetIdleTimeout(idle)
	}
	c.kick() // heartbeats may depend on it
}

// SetBackOff changes the waits between attempts to connect, from the next one on. Zero fields are the defaults.
func (c *Client) SetBackOff(b BackOff) {
	b = b.withDefaults()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.backOff = b
}

// UpdatePassword replaces the HTTP Basic password of every network profile that has one, and connects anew with it after
// the calls and handlers under way: the handler of the message that changes AuthorizationKey or BasicAuthPassword calls
// it, and its answer still goes out (2.x A01; rule R61). See AuthorizationKey and BasicAuthPassword for how a key becomes
// a password. The application keeps the password for its next start.
func (c *Client) UpdatePassword(password []byte) {
	password = slices.Clone(password)
	if password == nil {
		password = []byte{}
	}
	c.mu.Lock()
	list := slices.Clone(c.profiles.list)
	for i := range list {
		if list[i].Password != nil {
			list[i].Password = password
		}
	}
	c.profiles.list = list
	c.mu.Unlock()
	c.securityEvent(SecurityEvent{Type: SecurityReconfigured, Info: "the password was changed"})
	c.Reconnect()
}

// SetProfiles replaces the network profiles (2.x B09, B10). The present connection stays: they are used from the next
// one on, beginning with the first. It fails with ErrProfileLowered when one of them is below the security profile that
// a connection has had (rule R64), and with what is wrong with them; nothing changes then.
func (c *Client) SetProfiles(list []NetworkProfile) error {
	if err := checkProfiles(list, c.o.Identity); err != nil {
		return err
	}
	list = slices.Clone(list)
	c.mu.Lock()
	floor := c.profiles.floor
	lowered := slices.ContainsFunc(list, func(p NetworkProfile) bool { return p.SecurityProfile() < floor })
	if !lowered {
		c.profiles.replace(list)
		c.boot.profile = -1 // whatever the next connection uses is another profile
	}
	c.mu.Unlock()
	if lowered {
		err := fmt.Errorf("%w: it is %d", ErrProfileLowered, floor)
		c.securityEvent(SecurityEvent{Type: SecurityReconfigured, Info: "a lower security profile was refused", Err: err})
		return err
	}
	c.securityEvent(SecurityEvent{Type: SecurityReconfigured, Info: "the network profiles were changed"})
	return nil
}

// MinProfile returns the lowest security profile with which the client connects: the highest it has had, or
// Options.MinProfile (rule R64). The application keeps it for its next start.
func (c *Client) MinProfile() Profile {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.profiles.floor
}

// Reconnect ends the connection after the calls and handlers under way and makes a new one at once, without a boot
// (rule R31). While there is no connection it cuts the wait for the next attempt short.
func (c *Client) Reconnect() {
	if n := c.Connection(); n != nil {
		n.leave(ErrReconnect)
		return
	}
	c.hurry()
}
