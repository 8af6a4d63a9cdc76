// Chargeyard is an OCPP charging station management system in one binary. `chargeyard --help` says what it does.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := onSignal()
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// onSignal returns a context that ends with the first SIGINT or SIGTERM. The second one ends the process at once:
// after stop the signals have their usual effect again.
func onSignal() (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}
