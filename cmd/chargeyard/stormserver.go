package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"

	"golang.org/x/sync/errgroup"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/server"
	"github.com/chargeyard/chargeyard/internal/stormserver"
)

// stormServerCmd is the process that `chargeyard storm` starts when it was given no URL: serve, or a bare CSMS without
// a store, with an endpoint that tells how the process is.
type stormServerCmd struct {
	Bare     bool   `help:"A CSMS on the library alone instead of serve."`
	TLS      string `name:"tls-files" placeholder:"DIR" help:"Serve with TLS: a directory with server.pem, server.key and ca.pem."`
	Data     string `env:"-" placeholder:"DIR" help:"Data directory of serve."`
	Known    bool   `help:"Admit only stations that were created."`
	APIToken string `name:"api-token" help:"Token of the API."`
}

// stormServer is what the process prints, as one line of JSON, when it is ready.
type stormServer struct {
	Stations string `json:"stations"` // URL without the identity
	API      string `json:"api"`      // URL up to /api/v1; "" when bare
	Control  string `json:"control"`  // URL of the control endpoint
}

// Run serves until ctx ends or standard input is closed: the storm has gone then.
func (c *stormServerCmd) Run(ctx context.Context, s streams) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		io.Copy(io.Discard, os.Stdin) //nolint:errcheck // whatever ends it is the end
		stop()
	}()
	log := slog.New(slog.NewJSONHandler(s.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	if c.Bare {
		return c.runBare(ctx, s, log)
	}
	cfg := server.Config{OCPP: "127.0.0.1:0", HTTP: "127.0.0.1:0", Data: c.Data, APIToken: c.APIToken, Log: log, Stations: server.ModeOpen}
	if c.Known {
		cfg.Stations = server.ModeKnown
	}
	scheme := "ws"
	if f := c.files(); c.TLS != "" {
		scheme = "wss"
		cfg.OCPP, cfg.OCPPTLS, cfg.ClientCA = server.Off, "127.0.0.1:0", f.CA
		cfg.Certificates = []server.CertificateFiles{{Cert: f.Cert, Key: f.Key}}
	}
	srv, err := server.Open(ctx, cfg)
	if err != nil {
		return err
	}
	return c.control(ctx, s, nil, stormServer{
		Stations: fmt.Sprintf("%s://%s/ocpp", scheme, srv.StationAddrs()[0]), API: fmt.Sprintf("http://%s/api/v1", srv.APIAddr()),
	}, srv.Run)
}

func (c *stormServerCmd) files() stormserver.Files {
	return stormserver.Files{Cert: c.TLS + "/server.pem", Key: c.TLS + "/server.key", CA: c.TLS + "/ca.pem"}
}

func (c *stormServerCmd) runBare(ctx context.Context, s streams, log *slog.Logger) error {
	bare, err := stormserver.NewBare(stormserver.Options{Logger: log})
	if err != nil {
		return err
	}
	cfg, err := c.tlsConfig()
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	scheme := "ws"
	if cfg != nil {
		scheme = "wss"
	}
	return c.control(ctx, s, bare, stormServer{Stations: fmt.Sprintf("%s://%s/ocpp", scheme, l.Addr())}, func(ctx context.Context) error {
		return bare.Serve(ctx, l, cfg)
	})
}

func (c *stormServerCmd) tlsConfig() (*tls.Config, error) {
	if c.TLS == "" {
		return nil, nil
	}
	f := c.files()
	cert, err := tls.LoadX509KeyPair(f.Cert, f.Key)
	if err != nil {
		return nil, err
	}
	roots, err := rootsWith(f.CA)
	if err != nil {
		return nil, err
	}
	return csms.TLSConfig(csms.TLSOptions{Certificates: []tls.Certificate{cert}, ClientCAs: roots})
}

// control serves the control endpoint beside run, and says where everything is.
func (c *stormServerCmd) control(ctx context.Context, s streams, bare *stormserver.Bare, where stormServer, run func(context.Context) error) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	where.Control = fmt.Sprintf("http://%s", l.Addr())
	srv := &http.Server{Handler: stormserver.Control(bare)} //nolint:gosec // its only client is the process that started this one
	var group errgroup.Group
	group.Go(func() error {
		if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	if err := json.NewEncoder(s.out).Encode(where); err != nil {
		return err
	}
	err = run(ctx)
	return errors.Join(err, srv.Close(), group.Wait())
}
