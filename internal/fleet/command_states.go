package fleet

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Why a command does not change its state. Test with errors.Is.
var (
	ErrCommandState   = errors.New("fleet: the command is not in the state for that")
	ErrCommandExpired = errors.New("fleet: the time of the command is over")
)

// MaxCommandAttempts is how often a command may have been sent at most before it is not repeated any more, whatever it is:
// there are stations that restart over a message.
const MaxCommandAttempts = 3

// demand refuses a change from any other state than this.
func (c Command) demand(want CommandState) error {
	if c.State != want {
		return fmt.Errorf("%w: it is %s", ErrCommandState, c.State)
	}
	return nil
}

// ExpiredAt reports whether the time of the command is over.
func (c Command) ExpiredAt(now time.Time) bool { return !now.Before(c.ExpiresAt) }

// Become says which request the verb of a queued command is in the version of its station. A command without a verb stays as
// it is.
func (c Command) Become(version, action string, payload json.RawMessage) Command {
	if c.Verb != "" {
		c.Version, c.Action, c.Payload = version, action, payload
	}
	return c
}

// Send marks a queued command as one that may be delivered from now on, as this message on this connection. It must be
// durable before anything is sent. ErrCommandExpired, ErrCommandState.
func (c Command) Send(epoch int64, messageID string, now time.Time) (Command, error) {
	if err := c.demand(StateQueued); err != nil {
		return c, err
	}
	if c.ExpiredAt(now) {
		return c, ErrCommandExpired
	}
	c.State, c.Epoch, c.MessageID, c.SentAt, c.Detail = StateSent, epoch, messageID, now, ""
	c.Attempts++
	return c, nil
}

// under refuses to settle an attempt that is not the last one.
func (c Command) under(messageID string) error {
	if err := c.demand(StateSent); err != nil {
		return err
	}
	if c.MessageID != messageID {
		return fmt.Errorf("%w: it was sent again", ErrCommandState)
	}
	return nil
}

// Unsend takes Send of this message back: the message has certainly not been delivered. The command waits again.
func (c Command) Unsend(messageID, detail string) (Command, error) {
	if err := c.under(messageID); err != nil {
		return c, err
	}
	c.Attempts--
	return c.wait(detail), nil
}

// Answer ends a command with the answer to this message.
func (c Command) Answer(messageID string, response json.RawMessage, now time.Time) (Command, error) {
	if err := c.under(messageID); err != nil {
		return c, err
	}
	if c.Parts > 1 {
		return c.answerPart(response, now)
	}
	c.Status = AnswerStatus(response)
	if c.Bulk != "" && len(response) > MaxBulkResponse {
		return c.end(StateAnswered, fmt.Sprintf("the answer is not kept: it has %d bytes, and of a bulk command at most %d are", len(response), MaxBulkResponse), now), nil
	}
	c.Response = response
	return c.end(StateAnswered, "", now), nil
}

// Garble ends a command with an answer to this message that cannot be understood: it was answered, without a response.
func (c Command) Garble(messageID, detail string, now time.Time) (Command, error) {
	if err := c.under(messageID); err != nil {
		return c, err
	}
	return c.end(StateAnswered, detail, now), nil
}

// Refuse ends a command with a CALLERROR to this message.
func (c Command) Refuse(messageID, code, detail string, now time.Time) (Command, error) {
	if err := c.under(messageID); err != nil {
		return c, err
	}
	c.ErrorCode = code
	return c.end(StateRefused, detail, now), nil
}

// TimeOut ends a command whose message was not answered on a connection that goes on. It is not repeated: the station is
// there and does not answer.
func (c Command) TimeOut(messageID, detail string, now time.Time) (Command, error) {
	if err := c.under(messageID); err != nil {
		return c, err
	}
	return c.end(StateTimeout, detail, now), nil
}

// Lose says that nobody will ever know what became of this message: its connection has ended. The command waits again if
// it may be repeated; otherwise it is unknown for ever.
func (c Command) Lose(messageID, detail string, now time.Time) (Command, error) {
	if err := c.under(messageID); err != nil {
		return c, err
	}
	if c.mayRepeat(now) {
		c.State, c.Detail = StateQueued, detail
		return c, nil
	}
	if c.mayBeginAgain(now) {
		return c.beginAgain(detail), nil
	}
	return c.end(StateUnknown, detail, now), nil
}

// Recover is Lose for a command that an earlier process left behind. A command in any other state stays as it is.
func (c Command) Recover(now time.Time) Command {
	if lost, err := c.Lose(c.MessageID, "the server ended before the answer", now); err == nil {
		return lost
	}
	return c
}

// mayRepeat reports whether a message may be sent again that may have been carried out.
func (c Command) mayRepeat(now time.Time) bool {
	return Repeatable(c.Version, c.Action) != "" && c.Attempts < MaxCommandAttempts && !c.ExpiredAt(now)
}

// Expire ends a queued command whose time is over. One that may have been sent before and was to be repeated becomes
// unknown: expired would say that it was not carried out.
func (c Command) Expire(now time.Time) (Command, error) {
	if err := c.demand(StateQueued); err != nil {
		return c, err
	}
	if !c.ExpiredAt(now) {
		return c, fmt.Errorf("%w: its time is not over", ErrCommandState)
	}
	if c.Part > 0 {
		return c.partly("its time was over", now), nil
	}
	if c.Attempts > 0 {
		return c.end(StateUnknown, "it was sent, but not answered, and its time was over before it could be sent again", now), nil
	}
	return c.end(StateExpired, "the station was not there in time; nothing was sent", now), nil
}

// Invalid makes of a queued command one that the station cannot be asked for.
func (c Command) Invalid(detail string, now time.Time) Command {
	return c.end(StateInvalid, detail, now)
}

// Deny ends a queued command whose turn has come, and which the station cannot be asked for. One that may have been sent
// before becomes unknown, as in Expire.
func (c Command) Deny(detail string, now time.Time) (Command, error) {
	if err := c.demand(StateQueued); err != nil {
		return c, err
	}
	if c.Part > 0 {
		return c.partly(detail, now), nil
	}
	if c.Attempts > 0 {
		return c.end(StateUnknown, "it was sent, but not answered, and cannot be sent again: "+detail, now), nil
	}
	return c.Invalid(detail, now), nil
}

// Cancel ends a queued command. One that may have been sent before becomes unknown, as in Expire.
func (c Command) Cancel(detail string, now time.Time) (Command, error) {
	if err := c.demand(StateQueued); err != nil {
		return c, err
	}
	if c.Part > 0 {
		return c.partly(detail, now), nil
	}
	if c.Attempts > 0 {
		return c.end(StateUnknown, "it was sent, but not answered, and was not sent again: "+detail, now), nil
	}
	return c.end(StateCanceled, detail, now), nil
}

// maxStatus bounds the status of an answer, in bytes: a vendor may have anything there.
const maxStatus = 64

// StatusMixed is the status of an answer whose parts have different ones.
const StatusMixed = "Mixed"

// AnswerStatus reads what says in most answers what came of the request: a field, or those of the parts of the answer. It is ""
// when there is none, and StatusMixed when there are several.
func AnswerStatus(response json.RawMessage) string {
	said := ReadAnswer(response)
	if said.Status == "" && said.Verdict != VerdictAnswered {
		return StatusMixed
	}
	return Clip(said.Status, maxStatus)
}

func (c Command) end(state CommandState, detail string, now time.Time) Command {
	c.State, c.Detail, c.EndedAt = state, c.ofParts(detail), now
	return c
}

// canonicalJSON writes a document in the one way: sorted properties, no white space.
func canonicalJSON(b []byte) ([]byte, error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	return json.Marshal(v)
}
