package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/chargeyard/chargeyard/csms"
)

// The kinds of servers.
const (
	kindCSMS    = "csms"         // a bare csms.Server behind net/http
	kindLimited = "csms-limited" // the same behind a csms.LimitListener
	kindNaive   = "naive"        // a server as people write it
	kindEcho    = "echo"         // a bare gobwas upgrade that answers every frame, and checks nothing
	kindUpgrade = "upgrade"      // a bare gobwas upgrade behind net/http
	kindTLS     = "crypto-tls"   // a bare crypto/tls server that answers any request head with the upgrade
)

// server is one kind of server.
type server interface {
	controlled
	serve(l net.Listener) error
}

func newServer(kind string) (server, error) {
	switch kind {
	case kindCSMS, kindLimited:
		return newCSMSServer()
	case kindNaive:
		return newNaiveServer(), nil
	case kindEcho:
		return &echoServer{}, nil
	case kindUpgrade:
		return &upgradeServer{}, nil
	case kindTLS:
		return &rawServer{}, nil
	}
	return nil, fmt.Errorf("there is no server %q", kind)
}

// beServer is the main function of a child.
func beServer(kind string, secure bool) error {
	s, err := newServer(kind)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	addr := l.Addr().String()
	if kind == kindLimited {
		l = csms.NewLimitListener(l, csms.LimitOptions{})
	}
	if secure {
		cfg, err := tlsConfig()
		if err != nil {
			return err
		}
		l = tls.NewListener(l, cfg)
	}
	failed := make(chan error, 2)
	go func() { failed <- s.serve(l) }()
	go func() { failed <- control(s, addr, os.Stdin, os.Stdout) }()
	return <-failed
}

// serveHTTP serves what all servers but the raw one have in common.
func serveHTTP(l net.Listener, h http.Handler) error {
	s := http.Server{Handler: h, ReadHeaderTimeout: 30 * time.Second}
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// tlsConfig has a certificate of its own making, of the kind that profile 2 stations see most.
func tlsConfig() (*tls.Config, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	return &tls.Config{
		MinVersion:   tls.VersionTLS12,
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}},
	}, nil
}
