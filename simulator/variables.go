package simulator

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// variables is what a CSMS can read and change of a station: configuration keys in OCPP 1.6, variables of components
// in 2.x. A 2.x variable has the key "Component.Variable" or
// "Component.Variable[Instance]". It is safe for concurrent use.
type variables struct {
	base map[string]*variable // shared by the stations of a fleet; not changed

	mu      sync.Mutex
	changed map[string]string // by key of base
}

type variable struct {
	value     string
	readOnly  bool
	writeOnly bool // keys and passwords (rule R60)
	numeric   bool
	reboot    bool // takes effect after the next boot
}

type setResult uint8

const (
	setAccepted setResult = iota
	setUnknown
	setReadOnly
	setInvalid
	setReboot // accepted, but a reboot is needed
)

// get returns a value; the names of 2.x components and variables are not case-sensitive.
func (v *variables) get(key string) (variable, bool) {
	key, ok := v.find(key)
	if !ok {
		return variable{}, false
	}
	x := *v.base[key]
	v.mu.Lock()
	defer v.mu.Unlock()
	if value, changed := v.changed[key]; changed {
		x.value = value
	}
	return x, true
}

// set changes a value.
func (v *variables) set(key, value string) setResult {
	key, ok := v.find(key)
	if !ok {
		return setUnknown
	}
	x := v.base[key]
	n, err := strconv.Atoi(value)
	switch {
	case x.readOnly:
		return setReadOnly
	case x.numeric && (err != nil || n < 0 || n > maxSeconds), utf8.RuneCountInString(value) > maxValue:
		return setInvalid
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.changed == nil {
		v.changed = map[string]string{}
	}
	v.changed[key] = value
	if x.reboot {
		return setReboot
	}
	return setAccepted
}

// maxValue bounds a value, in characters (2.x ConfigurationValueSize).
const maxValue = 1000

// is reports whether a value is true.
func (v *variables) is(key string) bool {
	x, _ := v.get(key)
	return strings.EqualFold(x.value, "true")
}

// list returns the members of a value that is a list.
func (v *variables) list(key string) map[string]bool {
	x, _ := v.get(key)
	members := map[string]bool{}
	for m := range strings.SplitSeq(x.value, ",") {
		if m = strings.TrimSpace(m); m != "" {
			members[m] = true
		}
	}
	return members
}

// maxSeconds is a day. The numbers that can be changed are seconds, or counts that are far smaller.
const maxSeconds = 86_400

// seconds returns a numeric value within 0 and a day, or def when there is none.
func (v *variables) seconds(key string, def int) int {
	if x, ok := v.get(key); ok {
		if n, err := strconv.Atoi(x.value); err == nil {
			return min(max(n, 0), maxSeconds)
		}
	}
	return def
}

// changedSeconds returns a numeric value that the CSMS has changed.
func (v *variables) changedSeconds(key string) (int, bool) {
	v.mu.Lock()
	text, ok := v.changed[key]
	v.mu.Unlock()
	n, err := strconv.Atoi(text)
	return n, ok && err == nil
}

// keys returns all keys in order.
func (v *variables) keys() []string { return slices.Sorted(maps.Keys(v.base)) }

// find returns a key as it is spelt here.
func (v *variables) find(key string) (string, bool) {
	if _, ok := v.base[key]; ok {
		return key, true
	}
	for k := range v.base {
		if strings.EqualFold(k, key) {
			return k, true
		}
	}
	return "", false
}

// hasComponent reports whether a 2.x component exists.
func (v *variables) hasComponent(name string) bool {
	for key := range v.base {
		if component, _, _ := splitKey(key); strings.EqualFold(component, name) {
			return true
		}
	}
	return false
}

// splitKey splits "Component.Variable[Instance]".
func splitKey(key string) (component, name, instance string) {
	component, name, _ = strings.Cut(key, ".")
	name, instance, _ = strings.Cut(name, "[")
	return component, name, strings.TrimSuffix(instance, "]")
}

// joinKey is the opposite of splitKey.
func joinKey(component, name, instance string) string {
	key := component + "." + name
	if instance != "" {
		key += "[" + instance + "]"
	}
	return key
}
