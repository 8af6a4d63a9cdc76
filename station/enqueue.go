package station

import (
	"errors"
	"fmt"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
)

// ErrGivenUp says that the CSMS failed to take a queued message as often as Options.TransactionAttempts allows. It
// wraps the last failure.
var ErrGivenUp = errors.New("station: the message was given up")

// Enqueue puts a message of a transaction into the durable queue, from which it is delivered in order as soon as the
// boot is accepted, over reconnections and restarts (rules R50 and R51). It returns when the message is as durable as
// the queue makes it; it does not wait for the delivery, and it may be called at any time, also before Run.
//
// transaction is a local key of the application's choice. In OCPP 1.6 it ties the messages of a transaction to their
// StartTransaction: those that are queued before its answer came wait behind it and are sent with the id that it
// brought (rule R53), over restarts, too; when StartTransaction is given up they are sent with -1 (1.6 errata, 3.18). A
// message whose key no StartTransaction had is sent as it is. "" ties to nothing. Keys must not be used twice.
//
// While there is no connection a message of 2.x is marked offline (E04.FR.03; rule R52), in req itself.
//
// done, which may be nil, gets the answer, or the error with which the message was given up, in this process; for
// messages from before a restart there is Options.OnDelivery. It runs on the goroutine that delivers: the next message
// waits for it.
//
// Errors are *ocpp.ValidationError for a message that breaks its schema, and those of the queue; nothing was queued then.
func Enqueue[R any](c *Client, req ocpp.StationRequest[R], transaction string, done func(resp *R, err error)) error {
	var finish func(any, error)
	if done != nil {
		finish = func(resp any, err error) {
			r, ok := resp.(*R)
			if err == nil && !ok {
				err = fmt.Errorf("station: the answer is a %T, not a %T", resp, r)
			}
			done(r, err)
		}
	}
	return c.enqueue(req.OCPPAction(), req, transaction, finish)
}

func (c *Client) enqueue(a ocpp.Action, req any, transaction string, done func(any, error)) error {
	if _, err := c.stationAction(a); err != nil {
		return err
	}
	e := Entry{
		Action: a, MessageID: c.o.NewMessageID(), Transaction: transaction, Time: time.Now(),
		Offline: c.offline(),
	}
	if m, ok := req.(ocpp.OfflineMessage); ok && e.Offline {
		m.SetOCPPOffline(true)
	}
	var err error
	if e.Payload, err = ocpp.Append(nil, req, c.o.SendPolicy); err != nil {
		return err
	}
	c.expect(e.MessageID, done) // before the entry is there to be delivered
	if _, err = c.o.Queue.Append(e); err != nil {
		c.expect(e.MessageID, nil)
		return err
	}
	c.mu.Lock()
	c.delivery.dirty = true
	c.mu.Unlock()
	c.kick()
	return nil
}

// offline reports whether there is no connection, also while one that was lost waits for its handlers.
func (c *Client) offline() bool {
	n := c.Connection()
	return n == nil || n.ws.Cause() != nil
}

// expect remembers whom the end of a message concerns; nil forgets it.
func (c *Client) expect(messageID string, done func(any, error)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if done == nil {
		delete(c.delivery.done, messageID)
		return
	}
	if c.delivery.done == nil {
		c.delivery.done = make(map[string]func(any, error))
	}
	c.delivery.done[messageID] = done
}

// QueueLen returns how many messages wait in the queue.
func (c *Client) QueueLen() int { return c.o.Queue.Len() }

// SetTransactionRetry changes how failed messages are tried again, see Options.TransactionAttempts and
// Options.TransactionRetryInterval; it holds from the next failure on.
func (c *Client) SetTransactionRetry(attempts int, interval time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.delivery.attempts, c.delivery.interval = attempts, max(interval, 0)
}
