package main

import (
	"errors"
	"time"

	"github.com/chargeyard/chargeyard/csms"
)

// admissionFlags bound what sockets may cost that are no stations yet.
type admissionFlags struct {
	Handshakes       int           `placeholder:"N" help:"Sockets of each station address that may be at work at once between connecting and being a station: TLS, request, authentication. Default 128 for each core." group:"Admission"`
	HandshakeTimeout time.Duration `placeholder:"DURATION" help:"How long a socket may be at work; then it is closed. Default 10s." group:"Admission"`
	Waiting          int           `placeholder:"N" help:"Accepted sockets that may wait for their turn; each costs a descriptor. The rest stays in the backlog of the system. Default 16384, or a quarter of the descriptors that the process may have (ulimit -n) if that is less." group:"Admission"`
	MaxWait          time.Duration `placeholder:"DURATION" help:"A station that waited longer for its turn is answered 503 and comes back later. Default 10s." group:"Admission"`
}

// Validate refuses what cannot work; kong calls it.
func (f admissionFlags) Validate() error {
	if f.Handshakes < 0 || f.HandshakeTimeout < 0 || f.Waiting < 0 || f.MaxWait < 0 {
		return errors.New("--handshakes, --handshake-timeout, --waiting and --max-wait take values above zero")
	}
	return nil
}

func (f admissionFlags) bounds() csms.LimitOptions {
	return csms.LimitOptions{Handshakes: f.Handshakes, HandshakeTimeout: f.HandshakeTimeout, Waiting: f.Waiting, MaxWait: f.MaxWait}
}
