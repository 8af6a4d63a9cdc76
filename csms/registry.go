package csms

import (
	"hash/maphash"
	"iter"
	"sync"
	"sync/atomic"

	"github.com/chargeyard/chargeyard/ocpp"
)

// registryShards spreads the identities, so that a storm does not queue at one lock. Nothing but map accesses
// happens under the lock of a shard.
const registryShards = 64

// registry holds the connection of each identity, and the order in which the application hears of them.
//
// Every registration gets an epoch that grows over all identities. A connection removes itself under its epoch:
// the late end of an old one can never remove the newer one.
type registry struct {
	seed   maphash.Seed
	epoch  atomic.Uint64
	online atomic.Int64
	shards [registryShards]shard
}

type shard struct {
	mu      sync.Mutex
	lanes   map[string]*lane
	offline *lru[string, *lane] // of identities of which nothing is alive
}

// lane is one identity. memory outlives its connections.
type lane struct {
	current *Station // nil when offline
	last    *Station // the newest of which the application was or will be told
	memory  memory
}

// stage says how far the application was told of a connection.
type stage uint8

const (
	stageRegistered stage = iota // its turn has not come
	stageAnnounced               // OnConnect was or is being called, OnDisconnect will be
	stageSettled                 // OnDisconnect has returned
	stageSkipped                 // it was over before its turn came: the application never hears of it
)

// registration is what the registry knows of a connection. arrival is set before add, epoch and memory by it, and they
// never change; the lock of the shard guards the rest.
type registration struct {
	arrival uint64 // of the request that became the connection
	epoch   uint64
	memory  *memory
	stage   stage
	after   *Station // the one whose end comes before, until this one's turn has come

	// gone is closed when OnDisconnect has returned. It is made for the first connection that has to wait for that, and
	// never changes then.
	gone chan struct{}
}

func newRegistry(firstEpoch uint64, remember int) *registry {
	r := &registry{seed: maphash.MakeSeed()}
	r.epoch.Store(firstEpoch)
	for i := range r.shards {
		r.shards[i].lanes = make(map[string]*lane)
		r.shards[i].offline = newLRU[string, *lane](max(1, remember/registryShards))
	}
	return r
}

func (r *registry) shard(identity string) *shard {
	return &r.shards[maphash.String(r.seed, identity)%registryShards]
}

// add makes st the connection of its identity, after build has completed it: st.epoch and st.memory are set then.
// It returns the connection that st replaces, or nil, and the one whose end the application must hear of before it
// hears of st, or nil. loaded is the boot status when a BootStates keeps it; it counts only when nothing of the
// identity is alive, which would know better.
//
// Which connection is the newer one is a matter of their requests, not of add: a station that has its answer may be gone
// and back before the goroutine that wrote it comes here. add returns ErrReplaced then, and has changed nothing.
func (r *registry) add(st *Station, loaded *ocpp.BootStatus, build func() error) (old, after *Station, err error) {
	s := r.shard(st.identity)
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.open(st.identity, loaded)
	if l.current != nil && l.current.arrival > st.arrival {
		return nil, nil, ErrReplaced
	}
	st.epoch, st.memory = r.epoch.Add(1), &l.memory
	if err := build(); err != nil {
		s.shut(st.identity, l)
		return nil, nil, err
	}
	old, l.current = l.current, st
	if l.last != nil && l.last.stage == stageRegistered {
		// A callback that hangs cannot pile up connections behind it: those in between are left out.
		l.skip(l.last)
	}
	st.after, l.last = l.last.awaited(), st
	if old == nil {
		r.online.Add(1)
	}
	return old, st.after, nil
}

// open returns the lane of an identity, and makes it of what is remembered when there is none.
func (s *shard) open(identity string, loaded *ocpp.BootStatus) *lane {
	if l := s.lanes[identity]; l != nil {
		return l
	}
	l, ok := s.offline.take(identity)
	if !ok {
		l = new(lane)
	}
	if loaded != nil {
		l.memory.setBoot(*loaded)
	}
	s.lanes[identity] = l
	return l
}

// shut ends the lane of an identity of which nothing is alive any more.
func (s *shard) shut(identity string, l *lane) {
	if l.current == nil && (l.last == nil || l.last.stage == stageSettled) {
		delete(s.lanes, identity)
		l.last = nil
		s.offline.put(identity, l)
	}
}

// awaited returns st when the application has still to be told of its end, so that another connection can wait for that.
func (st *Station) awaited() *Station {
	if st == nil || st.stage == stageSettled {
		return nil
	}
	if st.gone == nil {
		st.gone = make(chan struct{})
	}
	return st
}

// skip leaves out st, which is the last of the lane and whose turn has not come.
func (l *lane) skip(st *Station) {
	st.stage = stageSkipped
	l.last, st.after = st.after, nil
}

// announce begins st's turn, and reports false when st was replaced meanwhile.
func (r *registry) announce(st *Station) bool {
	s := r.shard(st.identity)
	s.mu.Lock()
	defer s.mu.Unlock()
	if st.stage != stageRegistered {
		return false
	}
	st.stage, st.after = stageAnnounced, nil
	return true
}

// abandon takes off a connection that ended before its turn came.
func (r *registry) abandon(st *Station) {
	r.remove(st)
	s := r.shard(st.identity)
	s.mu.Lock()
	defer s.mu.Unlock()
	if st.stage != stageRegistered {
		return
	}
	l := s.lanes[st.identity] // st is the last of it
	l.skip(st)
	s.shut(st.identity, l)
}

// remove takes st off, unless a newer connection has taken its place.
func (r *registry) remove(st *Station) {
	s := r.shard(st.identity)
	s.mu.Lock()
	defer s.mu.Unlock()
	if l := s.lanes[st.identity]; l != nil && l.current != nil && l.current.epoch == st.epoch {
		l.current = nil
		r.online.Add(-1)
	}
}

// settle notes that the application was told of the end of st.
func (r *registry) settle(st *Station) {
	if gone := r.settled(st); gone != nil {
		close(gone)
	}
}

// settled returns what tells that to the one that waits for it, nil when nobody does.
func (r *registry) settled(st *Station) (gone chan struct{}) {
	s := r.shard(st.identity)
	s.mu.Lock()
	defer s.mu.Unlock()
	st.stage = stageSettled
	if l := s.lanes[st.identity]; l != nil {
		s.shut(st.identity, l)
	}
	return st.gone
}

// get returns the connection of an identity.
func (r *registry) get(identity string) (*Station, bool) {
	s := r.shard(identity)
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.lanes[identity]
	if l == nil || l.current == nil {
		return nil, false
	}
	return l.current, true
}

// all yields the connections of one shard after the other, each as it is when its turn comes.
func (r *registry) all() iter.Seq[*Station] {
	return func(yield func(*Station) bool) {
		for i := range r.shards {
			for _, st := range r.shards[i].snapshot() {
				if !yield(st) {
					return
				}
			}
		}
	}
}

func (s *shard) snapshot() []*Station {
	s.mu.Lock()
	defer s.mu.Unlock()
	stations := make([]*Station, 0, len(s.lanes))
	for _, l := range s.lanes {
		if l.current != nil {
			stations = append(stations, l.current)
		}
	}
	return stations
}
