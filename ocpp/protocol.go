package ocpp

import (
	"fmt"
	"iter"
	"maps"
	"slices"
)

// ActionInfo describes one action of a version.
type ActionInfo struct {
	Name        string
	SentBy      End    // who may send the request
	Kind        Kind   // CALL, or SEND (2.1)
	Block       string // functional block, such as "E Transactions"
	NewRequest  func() any
	NewResponse func() any // nil for a SEND
}

// Protocol is the immutable table of a version's actions. Packages ocpp16, ocpp201 and ocpp21 export one
// each; only the versions that a program names are linked into it. It is safe for concurrent use.
type Protocol struct {
	version Version
	actions map[string]ActionInfo
	names   []string
}

// NewProtocol makes a protocol. It is called by generated code, and by a user who adds vendor actions to a
// version. It panics on an action that appears twice.
func NewProtocol(v Version, actions ...ActionInfo) *Protocol {
	p := &Protocol{version: v, actions: make(map[string]ActionInfo, len(actions))}
	for _, a := range actions {
		if _, ok := p.actions[a.Name]; ok {
			panic(fmt.Sprintf("ocpp: action %s appears twice in the protocol table of %s", a.Name, v))
		}
		p.actions[a.Name] = a
	}
	p.names = slices.Sorted(maps.Keys(p.actions))
	return p
}

// Version returns the version that the table describes.
func (p *Protocol) Version() Version { return p.version }

// Subprotocol returns the WebSocket subprotocol.
func (p *Protocol) Subprotocol() string { return p.version.Subprotocol() }

// Action looks an action up by its name on the wire.
func (p *Protocol) Action(name string) (ActionInfo, bool) {
	a, ok := p.actions[name]
	return a, ok
}

// Actions yields all actions in the order of their names.
func (p *Protocol) Actions() iter.Seq[ActionInfo] {
	return func(yield func(ActionInfo) bool) {
		for _, n := range p.names {
			if !yield(p.actions[n]) {
				return
			}
		}
	}
}
