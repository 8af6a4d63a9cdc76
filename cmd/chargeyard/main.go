// Chargeyard is an OCPP charging station management system in one binary. `chargeyard --help` says what it does.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/chargeyard/chargeyard/internal/server"
)

func main() {
	ctx, stop := onSignal()
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// onSignal returns a context that ends with the first SIGINT or SIGTERM. The cause of the end tells Ctrl-C, where a person
// waits, from what a supervisor sends. The second signal ends the process at once: after the first the signals have
// their usual effect again.
func onSignal() (context.Context, context.CancelFunc) {
	ctx, end := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case sig := <-signals:
			signal.Stop(signals)
			end(causeOf(sig))
		case <-ctx.Done():
		}
	}()
	return ctx, func() { end(nil) }
}

func causeOf(sig os.Signal) error {
	if sig == os.Interrupt {
		return server.ErrInterrupted
	}
	return nil // context.Canceled
}
