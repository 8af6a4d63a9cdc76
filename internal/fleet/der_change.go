package fleet

import "strings"

// DERControlsCleared are controls of distributed energy that are not there any more: the one of an id, or all of a type ("": of
// any) that are defaults, or that are not (R04).
type DERControlsCleared struct {
	ID      string
	Type    string
	Default bool
}

func (DERControlsCleared) check(string) error { return nil }

// Name says which controls are meant.
func (c DERControlsCleared) Name() string {
	if c.ID != "" {
		return c.ID
	}
	which := "scheduled"
	if c.Default {
		which = "default"
	}
	return strings.TrimSpace(which + " " + c.Type)
}
