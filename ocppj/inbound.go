package ocppj

import "sync"

// inbound is what the peer has under way to this end. All but workers is guarded by Session.mu.
type inbound struct {
	queue   []header
	current *header // being handled
	room    chan struct{}
	workers sync.WaitGroup
}

func (i *inbound) idle() bool { return i.current == nil && len(i.queue) == 0 }

// drop empties the queue for Close.
func (i *inbound) drop() { i.queue = nil }
