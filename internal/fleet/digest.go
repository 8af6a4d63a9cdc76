package fleet

import (
	"encoding/json"
	"fmt"
	"time"
)

// contentDigest identifies something that a station reports by what it says and when it says that it was. What has no time
// of its own is told apart by its arrival.
func contentDigest(said, received time.Time, content ...any) string {
	if said.IsZero() {
		said = received
	}
	b, err := json.Marshal(append([]any{Micros(said)}, content...))
	if err != nil { // cannot happen: content is text and numbers
		b = fmt.Append(nil, content...)
	}
	return Digest(b)
}
