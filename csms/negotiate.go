package csms

import (
	"strings"

	"github.com/chargeyard/chargeyard/ocpp"
)

// agreement is what came out of negotiating the version.
type agreement struct {
	protocol *ocpp.Protocol // nil: none in common
	echo     string         // the subprotocol as the client spelt it; "" sends no header
	silent   bool           // the client offered nothing at all
}

// version returns the negotiated version, zero for none.
func (a agreement) version() ocpp.Version {
	if a.protocol == nil {
		return 0
	}
	return a.protocol.Version()
}

// negotiate picks a version by the client's order, or by ours (rule R3: the texts do not say).
func negotiate(offered []string, ours []*ocpp.Protocol, byServerOrder bool) agreement {
	best, found := 0, agreement{silent: len(offered) == 0}
	for i, o := range offered {
		for j, p := range ours {
			rank := i
			if byServerOrder {
				rank = j
			}
			if strings.EqualFold(o, p.Subprotocol()) && (found.protocol == nil || rank < best) {
				// The client's own spelling is echoed: clients abort on another one.
				best, found = rank, agreement{protocol: p, echo: spelt(o, p)}
			}
		}
	}
	return found
}

// spelt returns the client's spelling, without keeping its request alive when it is ours.
func spelt(offered string, p *ocpp.Protocol) string {
	if own := p.Subprotocol(); own == offered {
		return own
	}
	return offered
}

// orDefault gives a station that offered nothing the version that is meant for such (rule R5).
func (a agreement) orDefault(ours []*ocpp.Protocol, v ocpp.Version) agreement {
	if !a.silent || a.protocol != nil {
		return a
	}
	for _, p := range ours {
		if p.Version() == v {
			a.protocol = p
		}
	}
	return a
}
