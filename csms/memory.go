package csms

import (
	"sync"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocppj"
)

// memory is what belongs to an identity and not to one of its connections. The zero memory is empty.
type memory struct {
	answers ocppj.AnswerMemory // rule R12

	mu        sync.Mutex
	boot      ocpp.BootStatus     // what the station was last answered, "" when it never was
	triggered map[string]struct{} // actions that were asked for since that answer
}

// bootStatus returns what the station was last answered.
func (m *memory) bootStatus() ocpp.BootStatus {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.boot
}

// setBoot stores an answer. What was triggered before it is over.
func (m *memory) setBoot(status ocpp.BootStatus) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.boot, m.triggered = status, nil
}

// trigger lets an action through while the boot is Pending, and reports whether that is new.
func (m *memory) trigger(action string) (added bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, known := m.triggered[action]; known || m.boot != ocpp.BootPending || action == "" {
		return false
	}
	if m.triggered == nil {
		m.triggered = make(map[string]struct{})
	}
	m.triggered[action] = struct{}{}
	return true
}

// untrigger takes back a trigger that the station refused.
func (m *memory) untrigger(action string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.triggered, action)
}

// wasTriggered reports whether the action was asked for since the boot was answered.
func (m *memory) wasTriggered(action string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, ok := m.triggered[action]
	return ok
}
