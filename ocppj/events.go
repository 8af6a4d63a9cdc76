package ocppj

import (
	"errors"
	"log/slog"
	"net"
	"strconv"
	"strings"

	"github.com/chargeyard/chargeyard/ocpp"
)

// Events are hooks for what a session tolerates, drops or refuses. Each may be nil. They run on the path of
// the connection, never under a lock, possibly several at once: they must not block. None of them is given
// offending text.
type Events struct {
	// UnknownType: a frame of a type that the version does not have was ignored (rule R11).
	UnknownType func(messageType int)

	// Refused: a frame could not be read, or a message was refused before a handler saw it. err is what the peer was
	// answered, or would have been if the message could be answered; action is "" when it is not one of the protocol,
	// id when it could not be read. After the end of the session nothing is told.
	Refused func(action, id string, err *ocpp.Error)

	// Tolerated: a message of the peer, a request or the answer to one, breaks its schema in a tolerant rule.
	Tolerated func(action, id string, v ocpp.Violation)

	// UnmatchedAnswer: an answer came for which no call waits any more; late when there was one, whose time
	// had run out or whose caller had given up (rule R14).
	UnmatchedAnswer func(t MessageType, id string, late bool)

	// ResultRefused: the peer could not process a result that we had sent (CALLRESULTERROR, 2.1, rule R20). action
	// is "" when the result is too long ago to be remembered.
	ResultRefused func(action, id string, err *ocpp.Error)

	// HandlerFailed: a handler returned an error that is no *ocpp.Error and not ErrNoAnswer, panicked (*PanicError), or
	// returned a response that breaks its schema. The peer got InternalError.
	HandlerFailed func(action, id string, err error)

	// Unanswered: a handler returned ErrNoAnswer. err is what wraps it.
	Unanswered func(action, id string, err error)

	// AnswerLost: an answer could not be sent, because the connection is gone.
	AnswerLost func(action, id string, err error)

	// Repeated: the message is a retry of one that was answered before; it got the same answer, no handler ran (R12).
	Repeated func(action, id string)
}

// maxLoggedName bounds what a line of the log has of an action, in bytes: the longest that there is has 32.
const maxLoggedName = 64

func (s *Session) noteUnknownType(t MessageType) {
	s.log(slog.LevelWarn, "a frame of an unknown type was ignored", slog.Int("type", int(t)))
	if s.events.UnknownType != nil {
		s.events.UnknownType(int(t))
	}
}

func (s *Session) noteRefused(action, id string, err *ocpp.Error) {
	named := printable(clip(action, maxLoggedName)) // a log has room for what the peer made up; hooks count by names that there are
	if _, known := s.protocol.Action(action); !known {
		action = ""
	}
	id = printable(id)
	attrs := []slog.Attr{slog.String("action", named), slog.String("id", id),
		slog.String("code", string(err.Code)), slog.String("why", err.Description)}
	if s.ctx.Err() != nil { // as thousands are when all stations reconnect
		s.log(slog.LevelDebug, "a message met the end of the connection", attrs...)
		return
	}
	s.log(slog.LevelWarn, "a message was refused", attrs...)
	if s.events.Refused != nil {
		s.events.Refused(action, id, err)
	}
}

// listens reports whether somebody wants to know what is tolerated, which takes time to find out.
func (s *Session) listens() bool {
	return s.events.Tolerated != nil || s.o.Logger.Enabled(s.ctx, slog.LevelDebug)
}

func (s *Session) noteTolerated(action, id string, v ocpp.Violation) {
	s.log(slog.LevelDebug, "a violation was tolerated", slog.String("action", action),
		slog.String("id", printable(id)), slog.String("rule", v.Rule.String()), slog.String("violation", v.String()))
	if s.events.Tolerated != nil {
		s.events.Tolerated(action, printable(id), v)
	}
}

func (s *Session) noteUnmatched(t MessageType, id string, late bool) {
	id = printable(id)
	s.log(slog.LevelInfo, "an answer was dropped", slog.String("type", t.String()), slog.String("id", id),
		slog.Bool("late", late))
	if s.events.UnmatchedAnswer != nil {
		s.events.UnmatchedAnswer(t, id, late)
	}
}

func (s *Session) noteResultRefused(action, id string, err *ocpp.Error) {
	id = printable(id)
	s.log(slog.LevelWarn, "the peer could not process a result", slog.String("action", action), slog.String("id", id),
		slog.String("code", printable(string(err.Code))))
	if s.events.ResultRefused != nil {
		s.events.ResultRefused(action, id, err)
	}
}

func (s *Session) noteHandlerFailed(action, id string, err error) {
	attrs := []slog.Attr{slog.String("action", action), slog.String("id", printable(id)), slog.Any("err", err)}
	p, panicked := errors.AsType[*PanicError](err)
	switch {
	case panicked:
		attrs = append(attrs, slog.String("stack", string(p.Stack)))
	case s.ctx.Err() != nil: // as thousands are when all stations reconnect
		s.log(slog.LevelDebug, "a handler was ended by the end of the connection", attrs...)
		return
	}
	s.log(slog.LevelError, "a handler failed", attrs...)
	if s.events.HandlerFailed != nil {
		s.events.HandlerFailed(action, printable(id), err)
	}
}

// noteUnanswered logs at debug level: thousands of stations may be concerned at once, and the handler knows.
func (s *Session) noteUnanswered(action, id string, err error) {
	s.log(slog.LevelDebug, "a message was left unanswered", slog.String("action", action),
		slog.String("id", printable(id)), slog.Any("err", err))
	if s.events.Unanswered != nil {
		s.events.Unanswered(action, printable(id), err)
	}
}

func (s *Session) noteAnswerLost(action, id string, err error) {
	level := slog.LevelInfo
	if s.ctx.Err() != nil || errors.Is(err, net.ErrClosed) { // the end is on its way
		level = slog.LevelDebug
	}
	s.log(level, "an answer could not be sent", slog.String("action", action),
		slog.String("id", printable(id)), slog.Any("err", err))
	if s.events.AnswerLost != nil {
		s.events.AnswerLost(action, printable(id), err)
	}
}

func (s *Session) noteRepeated(action, id string) {
	s.log(slog.LevelInfo, "a repeated message got its old answer", slog.String("action", action),
		slog.String("id", printable(id)))
	if s.events.Repeated != nil {
		s.events.Repeated(action, printable(id))
	}
}

// clip keeps the beginning of text of the peer.
func clip(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "") + "..."
}

// printable makes text of the peer fit for a log line.
func printable(s string) string {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return strconv.QuoteToASCII(s)
		}
	}
	return s
}
