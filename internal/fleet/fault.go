package fleet

import (
	"fmt"
	"strings"
)

// Fault is what is wrong with something that somebody asked for, and where.
type Fault struct {
	Pointer string // JSON pointer into what was asked for; "": all of it
	Detail  string // in words
}

// Faults is all that is wrong. As an error it is never empty.
type Faults []Fault

// Error returns all faults in one line.
func (f Faults) Error() string {
	parts := make([]string, len(f))
	for i, fault := range f {
		if parts[i] = fault.Detail; fault.Pointer != "" {
			parts[i] = fault.Pointer + ": " + fault.Detail
		}
	}
	return strings.Join(parts, "; ")
}

// Err returns nil when there is no fault.
func (f Faults) Err() error {
	if len(f) == 0 {
		return nil
	}
	return f
}

// Under returns the faults of a part that is at a pointer of the whole.
func (f Faults) Under(pointer string) Faults {
	moved := make(Faults, len(f))
	for i, fault := range f {
		moved[i] = Fault{pointer + fault.Pointer, fault.Detail}
	}
	return moved
}

// add notes a fault.
func (f *Faults) add(pointer, detail string, args ...any) {
	*f = append(*f, Fault{pointer, fmt.Sprintf(detail, args...)})
}

// addIf notes a fault if there is one.
func (f *Faults) addIf(wrong bool, pointer, detail string, args ...any) {
	if wrong {
		f.add(pointer, detail, args...)
	}
}
