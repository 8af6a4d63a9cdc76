package ocppj

import (
	"hash/maphash"
	"slices"
	"strings"
	"sync"
	"time"
)

// The defaults of AnswerMemory.
const (
	DefaultMemoryEntries = 16
	DefaultMemoryBytes   = 16 << 10
	DefaultMemoryAge     = 10 * time.Minute
)

// AnswerMemory remembers the results that one identity was given, so that a CALL that is repeated under its
// old id is answered again without a second effect (rule R12, OCPP-J 2.1 Part 4, 4.1.4). A repetition has the
// same id, action and payload, byte for byte; the same id with other content is a new message, because the
// counters of many stations start again.
//
// It is bounded, and shared by the connections of an identity: while one of them handles a message, a
// repetition on the next one waits for that result. Only CALLRESULTs are remembered: a refused message may be
// repeated and tried again.
//
// BootNotification and Heartbeat are never answered from memory, since their answer carries the time, nor are
// Authorize, StatusNotification and the other status notifications (firmware, logs ...), which may be handled twice: a
// station whose counter started again without a boot may send one under an old id with the same bytes and mean it
// anew. A BootNotification empties the memory, since the station's counter may have started again.
//
// The zero AnswerMemory is ready for use. It is safe for concurrent use.
type AnswerMemory struct {
	MaxEntries int           // answers kept; default 16
	MaxBytes   int           // their size together; default 16 KiB
	MaxAge     time.Duration // how long one is kept; default 10 minutes

	mu      sync.Mutex
	seeded  bool
	seed    maphash.Seed
	entries []answerEntry // oldest first
	bytes   int
}

// answerKey identifies a message by its id and its content.
type answerKey struct {
	id   string
	hash uint64
}

// answerEntry is one message: being handled, or answered.
type answerEntry struct {
	key   answerKey
	frame string // the CALLRESULT; "" while the message is being handled
	at    time.Time
	done  chan struct{} // closed when the message has been handled or forgotten; nil when nobody waits
}

func (m *AnswerMemory) key(id, action string, payload []byte) answerKey {
	m.mu.Lock()
	if !m.seeded {
		m.seeded, m.seed = true, maphash.MakeSeed()
	}
	seed := m.seed
	m.mu.Unlock()
	var h maphash.Hash
	h.SetSeed(seed) // none of these writes fails
	h.WriteString(action)
	h.WriteByte(0)
	h.Write(payload)
	return answerKey{id, h.Sum64()}
}

// begin looks a message up. It returns the frame that answered it, or what to wait for while another connection
// handles it, or neither: then the caller handles it and calls end.
func (m *AnswerMemory) begin(k answerKey, now time.Time) (frame string, wait <-chan struct{}) {
	m.mu.Lock()
	defer m.mu.Unlock()
	i := m.find(k)
	switch {
	case i < 0:
		m.entries = append(m.entries, answerEntry{key: k, at: now})
		return "", nil
	case m.entries[i].frame == "":
		if m.entries[i].done == nil {
			m.entries[i].done = make(chan struct{})
		}
		return "", m.entries[i].done
	case now.Sub(m.entries[i].at) >= orDefault(m.MaxAge, DefaultMemoryAge):
		m.bytes -= len(m.entries[i].frame)
		m.entries[i] = answerEntry{key: k, at: now}
		return "", nil
	}
	return m.entries[i].frame, nil
}

// end notes the answer to a message that begin gave to the caller; a nil frame forgets the message.
func (m *AnswerMemory) end(k answerKey, frame []byte, now time.Time) {
	m.mu.Lock()
	var done chan struct{}
	if i := m.find(k); i >= 0 {
		done = m.entries[i].done
		m.remove(i)
	}
	if frame != nil {
		m.entries = append(m.entries, newAnswer(k, string(frame), now))
		m.bytes += len(frame)
		m.shrink(orDefault(m.MaxEntries, DefaultMemoryEntries), orDefault(m.MaxBytes, DefaultMemoryBytes))
	}
	m.mu.Unlock()
	if done != nil {
		close(done)
	}
}

// newAnswer makes an entry that does not keep the frame of the CALL alive, which the id points into.
func newAnswer(k answerKey, frame string, now time.Time) answerEntry {
	if quoted := frame[len(`[3,"`):]; strings.HasPrefix(quoted, k.id) {
		k.id = quoted[:len(k.id)]
	} else {
		k.id = strings.Clone(k.id) // it is escaped in the answer
	}
	return answerEntry{key: k, frame: frame, at: now}
}

// clear forgets all answers.
func (m *AnswerMemory) clear() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.shrink(0, 0)
}

// find looks from the newest on: that is the one which end wants.
func (m *AnswerMemory) find(k answerKey) int {
	for i := range slices.Backward(m.entries) {
		if m.entries[i].key == k {
			return i
		}
	}
	return -1
}

// shrink keeps bounds by forgetting the oldest answers. Messages that are being handled stay.
func (m *AnswerMemory) shrink(entries, bytes int) {
	for i := 0; i < len(m.entries) && (len(m.entries) > entries || m.bytes > bytes); {
		if m.entries[i].frame == "" {
			i++
			continue
		}
		m.remove(i)
	}
}

func (m *AnswerMemory) remove(i int) {
	m.bytes -= len(m.entries[i].frame)
	m.entries = slices.Delete(m.entries, i, i+1)
}

func orDefault[T int | time.Duration](v, def T) T {
	if v <= 0 {
		return def
	}
	return v
}
