package server

import (
	"net"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// UnknownTokens says what becomes of tokens of drivers that are not on record.
type UnknownTokens string

// The values of UnknownTokens.
const (
	UnknownTokensAuto   UnknownTokens = "auto"   // accepted in a demonstration and where any station may connect, refused otherwise
	UnknownTokensAccept UnknownTokens = "accept" // they may charge
	UnknownTokensRefuse UnknownTokens = "refuse" // they may not, until the operator accepts them
)

// unknownTokens settles UnknownTokensAuto, and says why. It looks at the addresses as they are written: the store is open
// before they are.
func (c Config) unknownTokens() (policy fleet.TokenPolicy, reason string) {
	switch c.UnknownTokens {
	case UnknownTokensAccept:
		return fleet.TokenPolicy{}, "as --unknown-tokens says"
	case UnknownTokensRefuse:
		return fleet.TokenPolicy{RefuseUnknown: true}, "as --unknown-tokens says"
	}
	if c.Demo > 0 {
		return fleet.TokenPolicy{}, "because this is a demonstration"
	}
	if mode, _ := c.Stations.decide(c.stationAddrs()); mode == ModeOpen {
		return fleet.TokenPolicy{}, "because any station may connect"
	}
	return fleet.TokenPolicy{RefuseUnknown: true}, "because only known stations may connect"
}

// stationAddrs are the addresses that stations will reach. One that cannot be resolved counts as an outside one.
func (c Config) stationAddrs() []net.Addr {
	var addrs []net.Addr
	for _, text := range []string{c.OCPP, c.OCPPTLS} {
		if text == "" || text == Off {
			continue
		}
		addr, err := net.ResolveTCPAddr("tcp", text)
		if err != nil {
			addr = &net.TCPAddr{IP: net.IPv6unspecified}
		}
		addrs = append(addrs, addr)
	}
	return addrs
}

// tokensText tells the person at the terminal what becomes of unknown tokens.
func (c Config) tokensText() string {
	policy, reason := c.unknownTokens()
	if policy.RefuseUnknown {
		return "unknown ones are refused, " + reason + "; /api/v1/tokens lists them, and accepts them"
	}
	return "unknown ones are accepted, " + reason
}
