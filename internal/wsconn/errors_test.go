package wsconn_test

import (
	"errors"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/chargeyard/chargeyard/internal/wsconn"
)

func TestErrorsSayWhatHappenedAndAreNetErrClosed(t *testing.T) {
	for _, tt := range []struct {
		err  error
		text string
		code uint16
	}{
		{&wsconn.CloseError{Code: 1000}, "closed (1000)", 1000},
		{&wsconn.CloseError{Code: 1008, Reason: "replaced", Remote: true}, `closed by the peer (1008): "replaced"`, 1008},
		{&wsconn.ProtocolError{Code: 1002, Detail: "a reserved bit is set"}, "a reserved bit is set", 1002},
		{&wsconn.NetError{Op: "read", Err: io.EOF}, "without a close frame", 1006},
		{&wsconn.NetError{Op: "write", Err: io.ErrShortWrite}, "write: short write", 1006},
		{wsconn.ErrIdleTimeout, "idle timeout", 1006},
		{wsconn.ErrOutboxFull, "outbox", 1006},
		{wsconn.ErrNoSubprotocol, "subprotocol", 1002},
	} {
		if !strings.Contains(tt.err.Error(), tt.text) {
			t.Errorf("%q does not say %q", tt.err, tt.text)
		}
		if !errors.Is(tt.err, net.ErrClosed) {
			t.Errorf("%v is not net.ErrClosed", tt.err)
		}
		if got := wsconn.CloseCode(tt.err); got != tt.code {
			t.Errorf("%v has code %d, want %d", tt.err, got, tt.code)
		}
	}
	if s := (&wsconn.StatusError{Code: 401}).Error(); !strings.Contains(s, "401 Unauthorized") {
		t.Errorf("got %q", s)
	}
}
