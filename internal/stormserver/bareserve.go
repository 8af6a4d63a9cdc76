package stormserver

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/chargeyard/chargeyard/csms"
)

// Serve serves stations on a listener, with TLS when cfg is not nil, behind the same bounds of admission as the product,
// until ctx ends. It returns when nothing is left of any connection.
func (b *Bare) Serve(ctx context.Context, l net.Listener, cfg *tls.Config) error {
	mux := http.NewServeMux()
	mux.Handle("/ocpp/{identity}", b.CSMS)
	srv := &http.Server{Handler: mux} //nolint:gosec // csms.LimitListener bounds the handshake
	l = csms.NewLimitListener(l, csms.LimitOptions{})
	if cfg != nil {
		l = tls.NewListener(l, cfg)
	}
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(l) }()
	var err error
	select {
	case <-ctx.Done():
	case err = <-ended:
		ended <- err
	}
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	err = errors.Join(srv.Close(), b.CSMS.Shutdown(closing))
	if served := <-ended; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}
