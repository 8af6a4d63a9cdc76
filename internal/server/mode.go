package server

import (
	"fmt"
	"net"
)

// Mode says which stations may connect.
type Mode string

// The modes.
const (
	ModeAuto  Mode = "auto"  // open when every station listener is on loopback, known otherwise
	ModeOpen  Mode = "open"  // any station; one that has a credential here must still show it
	ModeKnown Mode = "known" // stations created through the API, with their key or certificate
)

// decide settles ModeAuto by the addresses that stations reach, and says why.
func (m Mode) decide(addrs []net.Addr) (mode Mode, reason string) {
	if m == ModeOpen || m == ModeKnown {
		return m, "as --stations says"
	}
	for _, a := range addrs {
		if !loopback(a) {
			return ModeKnown, fmt.Sprintf("because stations can reach %s from outside; --stations open would let any in", a)
		}
	}
	return ModeOpen, "because only this machine can connect"
}

func loopback(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}
