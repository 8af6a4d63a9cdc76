package fleet

import (
	"encoding/json"
	"fmt"
)

// VerbArguments returns the arguments of a verb as a JSON object: what its station is found out of is not among them.
func VerbArguments(v Verb) (json.RawMessage, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("the arguments of %s: %w", v.VerbName(), err)
	}
	return b, nil
}

// KeptVerb reads a verb that was kept by its name and its arguments.
func KeptVerb(name string, arguments json.RawMessage) (Verb, error) {
	kind, ok := VerbKindOf(name)
	if !ok {
		return nil, fmt.Errorf("there is no verb %q", name)
	}
	v := kind.New()
	if err := json.Unmarshal(arguments, v); err != nil {
		return nil, fmt.Errorf("the arguments of %s: %w", name, err)
	}
	return v, nil
}
