package storm

import (
	"context"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/station"
)

// speech is what the library's clients say in one version.
type speech interface {
	boot() any
	listen(c *station.Client) // registers what the load asks for
	heartbeat(ctx context.Context, c *station.Client) error
	// enqueue queues one message of a transaction: steps 0 to transactionSteps-1.
	enqueue(c *station.Client, tx string, step int, done func(error)) error
}

// transactionSteps are a start, samples, and a stop.
const transactionSteps = 4

func speechOf(v ocpp.Version) speech {
	switch v {
	case ocpp.V201:
		return speech201{}
	case ocpp.V21:
		return speech21{}
	}
	return speech16{}
}

// meter is a register that grows with the steps of a transaction, in Wh.
func meter(step int) int64 { return 1000 + 250*int64(step) }
