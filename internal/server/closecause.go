package server

import (
	"errors"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/wsconn"
)

// closeCauses are the words of closeCause.
func closeCauses() []string {
	return []string{"station", "network", "replaced", "shutdown", "idle", "stalled", "protocol", "server", otherLabel}
}

// closeCause says in a word why a connection ended.
func closeCause(cause error) string {
	var frame *wsconn.CloseError
	switch {
	case errors.Is(cause, csms.ErrReplaced):
		return "replaced"
	case errors.Is(cause, csms.ErrShutdown):
		return "shutdown"
	case errors.Is(cause, wsconn.ErrIdleTimeout):
		return "idle"
	case errors.Is(cause, wsconn.ErrOutboxFull), errors.Is(cause, wsconn.ErrWriteStalled):
		return "stalled"
	case is[*wsconn.ProtocolError](cause):
		return "protocol"
	case errors.As(cause, &frame) && frame.Remote:
		return "station"
	case frame != nil:
		return "server"
	case is[*wsconn.NetError](cause):
		return "network"
	}
	return otherLabel
}
