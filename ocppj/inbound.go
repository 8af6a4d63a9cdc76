package ocppj

import (
	"sync"
	"sync/atomic"

	"github.com/chargeyard/chargeyard/internal/stack"
	"github.com/chargeyard/chargeyard/ocpp"
)

// message is a CALL or SEND of the peer on its way through the worker, which alone changes it once it is queued.
type message struct {
	header
	x        ocpp.Exchange
	key      answerKey   // in the answer memory
	pending  bool        // the answer memory waits for the result
	answered atomic.Bool // its answer is about to go out: the peer may use the id again
}

// inbound is what the peer has under way to this end. All but workers is guarded by Session.mu.
type inbound struct {
	queue   []*message    // in order
	bytes   int           // of the frames in queue
	current *message      // being handled
	room    chan struct{} // buffered; gets a value when there is room; nil when Receive does not wait
	results recentIDs     // sent, and the peer may still refuse them (2.1)
	workers sync.WaitGroup
}

func (i *inbound) idle() bool { return i.current == nil && len(i.queue) == 0 }

// drop empties the queue for Close.
func (i *inbound) drop() { i.queue, i.bytes = nil, 0 }

// add queues m; false: the bounds leave no room.
func (i *inbound) add(m *message, messages, bytes int) bool {
	full := len(i.queue)+1 >= messages || len(i.queue) > 0 && i.bytes+len(m.frame) > bytes
	if !full {
		i.queue = append(i.queue, m)
		i.bytes += len(m.frame)
	}
	return !full
}

// next makes the message that waits longest the current one; nil when none waits.
func (i *inbound) next() *message {
	i.current = nil
	if len(i.queue) == 0 {
		i.queue = nil // an idle session keeps no queue
		return nil
	}
	i.current = i.queue[0]
	i.queue[0] = nil
	i.queue = i.queue[1:]
	i.bytes -= len(i.current.frame)
	return i.current
}

// has reports whether a message with the id waits or is being handled and has no answer.
func (i *inbound) has(id string) bool {
	if i.current != nil && i.current.id == id && !i.current.answered.Load() {
		return true
	}
	for _, m := range i.queue {
		if m.id == id {
			return true
		}
	}
	return false
}

// enqueue gives m to the worker, and starts one when there is none. When the bound is reached it returns what tells
// that there is room.
func (s *Session) enqueue(m *message) (room <-chan struct{}, err error) {
	s.mu.Lock()
	switch {
	case s.cause != nil:
		defer s.mu.Unlock()
		return nil, s.cause
	case m.id != "" && m.typ == TypeCall && s.in.has(m.id):
		s.mu.Unlock()
		s.refuse(m, ocpp.Errorf(ocpp.RpcFrameworkError, "a message with this id is being handled already"))
		return nil, nil
	case s.in.current == nil:
		s.in.current = m
		s.in.workers.Add(1)
		s.mu.Unlock()
		if s.link.ReadOn() {
			s.work(m)
		} else {
			go s.workAlone(m)
		}
		return nil, nil
	}
	defer s.mu.Unlock()
	if s.in.add(m, s.o.MaxInbound, s.o.MaxInboundBytes) {
		return nil, nil
	}
	s.in.room = make(chan struct{}, 1)
	return s.in.room, nil
}

// work handles messages in order (rule R25) and ends when there are none.
func (s *Session) work(m *message) {
	defer s.in.workers.Done()
	defer func() {
		if m != nil { // a handler called runtime.Goexit: another goroutine goes on
			s.workOn()
		}
	}()
	for m != nil {
		s.handle(m)
		m = s.nextInbound()
	}
}

func (s *Session) workOn() {
	if next := s.nextInbound(); next != nil {
		s.in.workers.Add(1)
		go s.workAlone(next)
	}
}

// workAlone is work in a goroutine of its own.
func (s *Session) workAlone(m *message) {
	stack.Grow()
	s.work(m)
}

// nextInbound takes the next message, and tells Receive that there is room.
func (s *Session) nextInbound() *message {
	s.mu.Lock()
	next, room := s.in.next(), s.in.room
	s.in.room = nil
	s.mu.Unlock()
	if room != nil {
		room <- struct{}{}
	}
	s.noteProgress()
	return next
}
