package station

import "time"

// heartbeat says when the next one is due (rule R32). It is guarded by Client.mu.
type heartbeat struct {
	interval time.Duration // 0: none
	tried    time.Time     // the last attempt to send one
	synced   time.Time     // when the CSMS last told the time, or the connection was made
}

// timeSync is the longest time without an answer that tells the time (1.6 OCPP-J, 5.3; 2.x G02.FR.07).
const timeSync = 24 * time.Hour

func (h *heartbeat) connected(now time.Time) {
	if h.synced.IsZero() {
		h.synced = now
	}
}

// accepted takes over what an accepted boot says. An interval of 0 leaves the present one (2.x B01.FR.04).
func (h *heartbeat) accepted(interval time.Duration) {
	now := time.Now()
	h.synced, h.tried = now, now
	if interval > 0 {
		h.interval = interval
	}
}

// due returns when the next heartbeat is due, the zero time for never: an interval after the last message of any
// kind, and a day after the last time the CSMS told the time, however busy the connection is.
func (h *heartbeat) due(lastSent time.Time, pingsReplace bool) time.Time {
	if h.interval <= 0 {
		return time.Time{}
	}
	daily := h.synced.Add(timeSync)
	if again := h.tried.Add(h.interval); again.After(daily) { // it was due and failed
		daily = again
	}
	if pingsReplace {
		return daily
	}
	quiet := lastSent.Add(h.interval)
	if again := h.tried.Add(h.interval); again.After(quiet) {
		quiet = again
	}
	if daily.Before(quiet) {
		return daily
	}
	return quiet
}

// heartbeatAt is when the next heartbeat of the current connection is due. The caller holds mu.
func (c *Client) heartbeatAt() time.Time {
	lastSent := time.Unix(0, c.conn.lastSent.Load())
	return c.heartbeat.due(lastSent, c.o.PingsReplaceHeartbeats && c.ping > 0)
}

// heartbeatJob sends one heartbeat. A failure is left to the next one, and to the idle timeout of the connection.
func (c *Client) heartbeatJob(n *Connection) {
	c.mu.Lock()
	c.heartbeat.tried = time.Now()
	c.mu.Unlock()
	info := n.roles.heartbeat
	_, err := n.session.Do(n.Context(), n.roles.action(info), info.NewRequest(), info.NewResponse)
	if err != nil {
		c.o.Logger.Info("heartbeat failed", "station", c.o.Identity, "err", err)
		return
	}
	c.mu.Lock()
	c.heartbeat.synced = time.Now()
	c.mu.Unlock()
}

// SetHeartbeatInterval changes the interval at once, as a change of HeartbeatInterval does (1.6 HeartbeatInterval,
// 2.x OCPPCommCtrlr.HeartbeatInterval). 0 or less sends none. The next boot response replaces it.
func (c *Client) SetHeartbeatInterval(d time.Duration) {
	c.mu.Lock()
	c.heartbeat.interval = max(d, 0)
	c.mu.Unlock()
	c.kick()
}

// HeartbeatInterval returns the interval in use, 0 when no heartbeats are sent.
func (c *Client) HeartbeatInterval() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.heartbeat.interval
}
