package server

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp"
)

// messageLog logs messages at debug level, without the secrets in them, and lets lines of others name the message that
// they are about.
type messageLog struct {
	log   *slog.Logger
	debug bool
}

// messageKey finds the id of the message that a context belongs to.
type messageKey struct{}

// messageID returns the id of the message that is being handled, "" when there is none.
func messageID(ctx context.Context) string {
	if x, ok := ctx.Value(messageKey{}).(*ocpp.Exchange); ok {
		return x.MessageID
	}
	return ""
}

// intercept is an ocpp.Interceptor.
func (l messageLog) intercept(ctx context.Context, x *ocpp.Exchange, req any, next ocpp.Next) (any, error) {
	if x.Inbound {
		ctx = context.WithValue(ctx, messageKey{}, x)
	}
	if !l.debug {
		return next(ctx, req)
	}
	begun := time.Now()
	resp, err := next(ctx, req)
	l.log.Debug("request done", "station", x.Identity, "direction", direction(x.Inbound), "action", x.Action.Name, "id", x.MessageID,
		"outcome", endOf(x, err).String(), "took", time.Since(begun))
	return resp, err
}

func direction(inbound bool) string {
	if inbound {
		return directions[1]
	}
	return directions[0]
}

// maxLoggedPayload bounds what one line has of a payload, in bytes.
const maxLoggedPayload = 4096

// frame logs one frame: its elements, as far as they can be read.
func (l messageLog) frame(f ocpp.Frame) {
	attrs := []any{"station", f.Identity, "direction", direction(f.Inbound), "bytes", len(f.Data)}
	var elements []json.RawMessage
	if json.Unmarshal(f.Data, &elements) != nil || len(elements) < 2 {
		l.log.Debug("frame", append(attrs, "unreadable", true)...)
		return
	}
	kind := string(elements[0])
	attrs = append(attrs, "type", clipText(kind), "id", textElement(elements[1]))
	for i, name := range elementNames(kind) {
		if i+2 < len(elements) {
			attrs = append(attrs, name, loggedElement(name, elements, i+2))
		}
	}
	l.log.Debug("frame", attrs...)
}

// elementNames are those behind the id, by the message type.
func elementNames(kind string) []string {
	switch kind {
	case "2", "6":
		return []string{"action", "payload"}
	case "3":
		return []string{"payload"}
	case "4", "5":
		return []string{"code", "description", "details"}
	}
	return nil
}

func loggedElement(name string, elements []json.RawMessage, i int) string {
	if name == "action" || name == "code" || name == "description" {
		return textElement(elements[i])
	}
	if signed(elements[i]) {
		return "signed"
	}
	return fleet.Clip(string(redact(elements[i])), maxLoggedPayload)
}

// signed reports whether a payload is a JWS, whose content is not looked at.
func signed(payload json.RawMessage) bool {
	text := string(payload)
	return strings.Contains(text, `"signatures"`) || strings.Contains(text, `"signature"`) && strings.Contains(text, `"protected"`)
}

// textElement reads a string of a stranger.
func textElement(element json.RawMessage) string {
	var text string
	if json.Unmarshal(element, &text) == nil {
		return clipText(text)
	}
	return clipText(string(element))
}
