package server

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"

	"github.com/chargeyard/chargeyard/csms"
)

// listeners are the sockets of a server; those that are not wanted are nil. Those for stations bound what a socket may
// cost that is no station yet.
type listeners struct {
	ocpp, ocppTLS *csms.LimitListener
	http          net.Listener
	tls           *tls.Config
}

// listen opens every socket, or none.
func listen(ctx context.Context, c Config) (l listeners, err error) {
	defer func() {
		if err != nil {
			err = errors.Join(err, l.close())
		}
	}()
	if l.tls, err = stationTLS(c); err != nil {
		return l, err
	}
	if c.OCPP != Off {
		if l.ocpp, err = listenStations(ctx, c, c.OCPP, "--ocpp"); err != nil {
			return l, err
		}
	}
	if c.OCPPTLS != "" {
		if l.ocppTLS, err = listenStations(ctx, c, c.OCPPTLS, "--ocpp-tls"); err != nil {
			return l, err
		}
	}
	l.http, err = listenTCP(ctx, c.HTTP, "--http")
	return l, err
}

func listenStations(ctx context.Context, c Config, addr, flag string) (*csms.LimitListener, error) {
	l, err := listenTCP(ctx, addr, flag)
	if err != nil {
		return nil, err
	}
	return csms.NewLimitListener(l, c.Admission), nil
}

func listenTCP(ctx context.Context, addr, flag string) (net.Listener, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("another program listens on %s already: stop it, or choose another address with %s", addr, flag)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("this user may not listen on %s: choose a port above 1023 with %s", addr, flag)
	case err != nil && !strings.Contains(addr, ":"):
		return nil, fmt.Errorf("cannot listen on %s: %s takes HOST:PORT, or :PORT for all addresses of this machine", addr, flag)
	case err != nil:
		return nil, fmt.Errorf("cannot listen on %s: %w; choose another address with %s", addr, err, flag)
	}
	return l, nil
}

// stationTLS makes the TLS configuration of stations; nil when there is no such listener.
func stationTLS(c Config) (*tls.Config, error) {
	if c.OCPPTLS == "" {
		return nil, nil
	}
	certs, err := loadCertificates(c.Certificates)
	if err != nil {
		return nil, err
	}
	pool, err := loadClientCA(c.ClientCA)
	if err != nil {
		return nil, err
	}
	return csms.TLSConfig(csms.TLSOptions{Certificates: certs, ClientCAs: pool, RSAKeyExchange: c.RSAKeyExchange})
}

// stations returns the addresses that stations reach.
func (l listeners) stations() []net.Addr {
	var addrs []net.Addr
	for _, s := range [...]*csms.LimitListener{l.ocpp, l.ocppTLS} {
		if s != nil {
			addrs = append(addrs, s.Addr())
		}
	}
	return addrs
}

// pending returns how many sockets are no stations yet.
func (l listeners) pending() int {
	n := 0
	for _, s := range [...]*csms.LimitListener{l.ocpp, l.ocppTLS} {
		if s != nil {
			n += s.Pending()
		}
	}
	return n
}

// close closes what is open. Closing twice is no error.
func (l listeners) close() error {
	var errs []error
	add := func(err error) {
		if err != nil && !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	for _, s := range [...]*csms.LimitListener{l.ocpp, l.ocppTLS} {
		if s != nil {
			add(s.Close())
		}
	}
	if l.http != nil {
		add(l.http.Close())
	}
	return errors.Join(errs...)
}
