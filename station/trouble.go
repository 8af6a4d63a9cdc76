package station

import (
	"context"
	"errors"
	"fmt"

	"github.com/chargeyard/chargeyard/ocpp"
)

// waitError is the end of a wait for the boot, with what stood in its way.
type waitError struct{ cause, trouble error }

func (e *waitError) Error() string {
	return e.cause.Error() + "; the last attempt: " + e.trouble.Error()
}

// Unwrap returns the cause of the context and what stood in the way.
func (e *waitError) Unwrap() []error { return []error{e.cause, e.trouble} }

// waitEnded is what WaitAccepted returns when ctx has ended.
func (c *Client) waitEnded(ctx context.Context) error {
	cause := context.Cause(ctx)
	c.mu.Lock()
	trouble := c.trouble
	c.mu.Unlock()
	if trouble == nil {
		return cause
	}
	return &waitError{cause, trouble}
}

// bootTrouble is the answer to a boot that does not let the station in; nil for the one that does.
func bootTrouble(r ocpp.BootResult) error {
	if r.Status == ocpp.BootAccepted {
		return nil
	}
	return fmt.Errorf("station: the CSMS answered the boot with %s", r.Status)
}

// bootFailed notes a boot without a result. The caller holds mu. A connection that this end has closed is no trouble.
func (c *Client) bootFailed(n *Connection, err error) {
	if !errors.Is(n.Cause(), ErrClosed) && !errors.Is(n.Cause(), ErrReconnect) {
		c.trouble = fmt.Errorf("station: the boot failed: %w", err)
	}
}

// connectedAfterAll forgets why connecting failed; what the CSMS said about the boot still holds. The caller holds mu.
func (c *Client) connectedAfterAll() {
	if _, ok := errors.AsType[*connectError](c.trouble); ok {
		c.trouble = nil
	}
}
