package ocppj

import (
	"strings"
	"time"
)

// Names of actions, the same in all versions.
const (
	bootNotification = "BootNotification"
	heartbeat        = "Heartbeat"
	authorize        = "Authorize"
	anyStatus        = "StatusNotification" // also the end of the name of those about firmware, logs ...
)

// repeatable reports whether a message of the action may be handled twice: it asks what is so, or says it, now. Its
// repetition is handled afresh, which does no harm, while the memory might: a station whose ids begin again without a
// boot says under an old id that a connector is occupied, as it did before, and has said otherwise in between.
func repeatable(action string) bool {
	return action == heartbeat || action == authorize || strings.HasSuffix(action, anyStatus)
}

// repeated answers a repetition of an answered CALL again (rule R12), and otherwise notes that m is being handled.
func (s *Session) repeated(m *message, payload []byte) bool {
	if m.typ != TypeCall || repeatable(m.action) {
		return false
	}
	if m.action == bootNotification {
		s.answers.clear()
		return false
	}
	if payload == nil {
		payload = m.frame[m.body:]
	}
	m.key = s.answers.key(m.id, m.action, payload)
	for {
		frame, wait := s.answers.begin(m.key, time.Now())
		switch {
		case frame != "":
			m.answered.Store(true)
			s.noteRepeated(m.action, m.id)
			s.sendAnswer(m.action, m.id, []byte(frame))
			return true
		case wait == nil:
			m.pending = true
			return false
		}
		select {
		case <-wait:
		case <-s.ctx.Done():
			m.answered.Store(true) // there is nobody to answer
			return true
		}
	}
}

// remember keeps the result that m is answered with.
func (s *Session) remember(m *message, frame []byte) {
	if m.pending {
		m.pending = false
		s.answers.end(m.key, frame, time.Now())
	}
}

// forget lets m be handled again.
func (s *Session) forget(m *message) {
	if m.pending {
		m.pending = false
		s.answers.end(m.key, nil, time.Time{})
	}
}
