package wsconn

import (
	"sync"
	"sync/atomic"
	"time"
)

// Engine is what the connections of one server or one client share: the wheel that runs their pings, idle
// timeouts and write stalls, and the pools of their buffers. Make it with [NewEngine]. All methods may be called
// concurrently.
type Engine struct {
	wheel wheel
	pools pools
	conns sync.WaitGroup // one for each connection until its last goroutine is gone

	options atomic.Pointer[Options] // those of the latest connection
}

// shared returns o in memory that connections with the same options share, as most do.
func (e *Engine) shared(o Options) *Options {
	if latest := e.options.Load(); latest != nil && *latest == o {
		return latest
	}
	own := new(Options)
	*own = o
	e.options.Store(own)
	return own
}

// NewEngine makes an engine. It has no goroutine of its own.
func NewEngine() *Engine {
	e := &Engine{}
	e.wheel.start = time.Now()
	return e
}

// Close ends every connection with [ErrEngineClosed] and code 1001, refuses new ones, and returns when the last
// goroutine of the last connection is gone. That takes at most the close timeout of the connections, provided
// that their handlers return. It may be called more than once.
func (e *Engine) Close() {
	for _, c := range e.wheel.close() {
		c.Close(CodeGoingAway, "", ErrEngineClosed)
	}
	e.conns.Wait()
}

// Len returns how many connections are open: not closed by either end yet.
func (e *Engine) Len() int { return e.wheel.len() }
