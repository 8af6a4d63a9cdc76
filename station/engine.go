package station

import (
	"sync"

	"github.com/chargeyard/chargeyard/internal/wsconn"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocppj"
)

// Engine is what the connections of many clients share: the clock of their pings and timeouts, and buffers. A
// simulator gives one to all its stations; a single station needs none. Make it with NewEngine. It is safe for
// concurrent use.
type Engine struct {
	ws      *wsconn.Engine
	buffers *ocppj.Buffers

	mu    sync.Mutex
	roles map[*ocpp.Protocol]*roles
}

// NewEngine makes an engine. It has no goroutine of its own.
func NewEngine() *Engine {
	return &Engine{
		ws: wsconn.NewEngine(), buffers: new(ocppj.Buffers), roles: make(map[*ocpp.Protocol]*roles),
	}
}

// Close ends every connection and returns when the last goroutine of the last connection is gone. Close the
// clients first: those that still run would try to connect again, in vain.
func (e *Engine) Close() { e.ws.Close() }

// rolesOf looks a protocol up, so that a thousand stations do not each search it. A nil engine shares nothing.
func (e *Engine) rolesOf(p *ocpp.Protocol) *roles {
	if e == nil {
		return rolesOf(p)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	r, ok := e.roles[p]
	if !ok {
		r = rolesOf(p)
		e.roles[p] = r
	}
	return r
}
