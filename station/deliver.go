package station

import (
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocppj"
)

// delivery is the work on the queue. It is guarded by Client.mu.
type delivery struct {
	attempts int           // 0 or less: without end
	interval time.Duration // times the preceding attempts

	dirty   bool      // there may be something to deliver
	retryAt time.Time // when
	head    uint64    // the entry that failed last
	failed  int       // how often
	done    map[string]func(any, error)
}

func (d *delivery) init(o *Options) {
	d.attempts, d.interval = o.TransactionAttempts, o.TransactionRetryInterval
}

// noStart is the transaction id of messages whose StartTransaction was given up (1.6 errata, 3.18).
const noStart = -1

// deliverJob tries the oldest message of the negotiated version once. Those of other versions wait until theirs is
// spoken again.
func (c *Client) deliverJob(n *Connection) {
	c.setDirty(false) // before looking: what is queued from here on sets it again
	e, ok, err := c.o.Queue.Next(n.Version())
	if err != nil {
		c.queueFailed(err)
		return
	}
	if !ok {
		return
	}
	c.setDirty(true)
	req, err := c.requestOf(e)
	if err != nil {
		c.giveUp(e, nil, err)
		return
	}
	info, _ := n.roles.protocol.Action(e.Action.Name)
	resp, err := n.session.Do(ocppj.WithMessageID(n.Context(), e.MessageID), e.Action, req, info.NewResponse)
	c.settle(e, req, resp, err)
}

func (c *Client) setDirty(dirty bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.delivery.dirty = dirty
}

// requestOf makes the request of an entry, with the id of its transaction when that has one by now (rule R53). It was
// validated when it was queued.
func (c *Client) requestOf(e Entry) (any, error) {
	info, err := c.stationAction(e.Action)
	if err != nil {
		return nil, err
	}
	req := info.NewRequest()
	err = ocpp.Unmarshal(e.Payload, req, ocpp.DecodeOptions{Policy: everythingTolerated})
	if err != nil {
		return nil, fmt.Errorf("station: reading a queued %s: %w", e.Action, err)
	}
	if d, ok := req.(ocpp.TransactionDependant); ok && e.Transaction != "" {
		if id, known := c.o.Queue.TransactionID(e.Transaction); known {
			d.SetOCPPTransactionID(id)
		}
	}
	return req, nil
}

// outcome is what an attempt means for its message.
type outcome uint8

const (
	delivered outcome = iota
	failed            // counts as an attempt
	kept              // it was not sent, or the connection is gone: counts as nothing
	hopeless          // it can never be sent
)

// outcomeOf applies rule R51: a failure is a CALLERROR or no answer, and nothing counts while offline.
func outcomeOf(err error) outcome {
	var invalid *ocpp.ValidationError
	var answer *ocppj.AnswerError
	var unsent *ocppj.NotSentError
	var gaveUp *ocppj.CanceledError
	switch {
	case err == nil:
		return delivered
	case errors.Is(err, net.ErrClosed), errors.As(err, &gaveUp):
		return kept
	case errors.As(err, &answer):
		return failed // even when it wraps a ValidationError: that is the answer's
	case errors.As(err, &invalid):
		return hopeless
	case errors.As(err, &unsent):
		return kept
	}
	return failed
}

// settle does what the outcome of an attempt asks for.
func (c *Client) settle(e Entry, req, resp any, err error) {
	switch outcomeOf(err) {
	case delivered:
		c.finish(e, startedID(resp), Delivery{Request: req, Response: resp})
	case hopeless:
		c.giveUp(e, req, err)
	case kept:
		c.delay(time.Second) // the connection has ended, or is about to
	case failed:
		if c.countFailure(e.ID) {
			c.giveUp(e, req, err)
		}
	}
}

func startedID(resp any) (id ocpp.Opt[int64]) {
	if s, ok := resp.(ocpp.TransactionStarted); ok {
		id = ocpp.Some(s.OCPPTransactionID())
	}
	return id
}

// countFailure sets the time of the next attempt, or reports that there is none.
func (c *Client) countFailure(id uint64) (exhausted bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	d := &c.delivery
	if d.head != id {
		d.head, d.failed = id, 0
	}
	d.failed++
	if d.attempts > 0 && d.failed >= d.attempts {
		return true
	}
	d.retryAt = time.Now().Add(time.Duration(d.failed) * d.interval)
	return false
}

func (c *Client) delay(wait time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if at := time.Now().Add(wait); at.After(c.delivery.retryAt) {
		c.delivery.retryAt = at
	}
}

// giveUp drops one message and goes on. What depends on a StartTransaction that was given up goes out with -1.
func (c *Client) giveUp(e Entry, req any, err error) {
	var started ocpp.Opt[int64]
	if info, aErr := c.stationAction(e.Action); aErr == nil && startsTransaction(info) {
		started = ocpp.Some[int64](noStart)
	}
	c.o.Logger.Warn("a queued message was given up", "station", c.o.Identity, "action", e.Action.Name,
		"id", e.MessageID, "err", err)
	c.finish(e, started, Delivery{Request: req, Err: fmt.Errorf("%w: %w", ErrGivenUp, err)})
}

// finish removes a message from the queue and tells whom it concerns.
func (c *Client) finish(e Entry, started ocpp.Opt[int64], d Delivery) {
	if err := c.o.Queue.Done(e.ID, started); err != nil {
		c.queueFailed(err) // it is still there and will be sent again, with the same message id
		return
	}
	c.mu.Lock()
	if c.delivery.head == e.ID {
		d.Attempts = c.delivery.failed
	}
	done := c.delivery.done[e.MessageID]
	delete(c.delivery.done, e.MessageID)
	c.mu.Unlock()
	d.Action, d.MessageID, d.Transaction = e.Action, e.MessageID, e.Transaction
	if done != nil {
		done(d.Response, d.Err)
	}
	if c.o.OnDelivery != nil {
		c.o.OnDelivery(d)
	}
}

// queueFailed tells that the queue does not work and tries again later.
func (c *Client) queueFailed(err error) {
	c.setDirty(true)
	c.delay(queueErrorWait)
	c.o.Logger.Error("the queue fails", "station", c.o.Identity, "err", err)
	if c.o.OnQueueError != nil {
		c.o.OnQueueError(err)
	}
}
