package fleet

import (
	"encoding/json"
	"fmt"
	"time"
)

// MaxListBegun is how often a local list that goes in several messages is begun again at most.
const MaxListBegun = 3

// PartExpiry is how long a command of which a station has accepted a part waits at least for its next turn: the station has half of
// something.
const PartExpiry = 24 * time.Hour

// In says which of how many messages a queued command is next, and how often it was begun again.
func (c Command) In(part, parts, begun int) Command {
	c.Part, c.Parts, c.Begun = part, parts, begun
	return c
}

// answerPart goes on with the next message when this one was accepted, and begins again when the station has not taken a change.
func (c Command) answerPart(response json.RawMessage, now time.Time) (Command, error) {
	status := AnswerStatus(response)
	last := c.Part+1 == c.Parts
	switch {
	case status == "Accepted" && !last:
		c.Part++
		if later := now.Add(PartExpiry); c.ExpiresAt.Before(later) {
			c.ExpiresAt = later
		}
		return c.wait(fmt.Sprintf("message %d of %d was accepted", c.Part, c.Parts)), nil
	case (status == "Failed" || status == "VersionMismatch") && !c.fullPart() && c.mayBeginAgain(now):
		return c.beginAgain("the station answered " + status), nil
	}
	c.Status, c.Response = status, response
	if status == "Accepted" {
		c.Part++
		return c.end(StateAnswered, "", now), nil
	}
	return c.end(StateAnswered, "the station answered "+status, now), nil
}

// wait has a command that was sent wait for its turn again.
func (c Command) wait(detail string) Command {
	c.State, c.Epoch, c.MessageID, c.SentAt, c.Detail = StateQueued, 0, "", time.Time{}, detail
	return c
}

// beginAgain has a list go out once more, from its beginning.
func (c Command) beginAgain(why string) Command {
	detail := fmt.Sprintf("message %d of %d: %s; the whole list is sent from its beginning", c.Part+1, c.Parts, why)
	c.Part, c.Begun = 0, c.Begun+1
	return c.wait(detail)
}

// mayBeginAgain reports whether a command is a whole list of which the station may have a part, and may be begun again.
func (c Command) mayBeginAgain(now time.Time) bool {
	list := c.list()
	return c.Parts > 1 && list != nil && list.Whole() && c.Begun < MaxListBegun && !c.ExpiredAt(now)
}

// fullPart reports whether the message that is next replaces the station's list.
func (c Command) fullPart() bool {
	list := c.list()
	return c.Part == 0 && list != nil && (list.Update == LocalListFull || c.Begun > 0)
}

// list returns the local list that a command sends; nil when it does not.
func (c Command) list() *SendLocalListRequest {
	v, err := KeptVerb(c.Verb, c.Arguments)
	if err != nil {
		return nil
	}
	list, _ := v.(*SendLocalListRequest)
	return list
}

// partly ends a command that is not sent any more, and of which the station has a part.
func (c Command) partly(why string, now time.Time) Command {
	return c.end(StateUnknown, "those before it were accepted, and it was not sent: "+why, now)
}

// ofParts says which message of several a detail is about.
func (c Command) ofParts(detail string) string {
	if c.Parts < 2 || c.Part == c.Parts {
		return detail
	}
	return fmt.Sprintf("message %d of %d: %s", c.Part+1, c.Parts, detail)
}
