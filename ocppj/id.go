package ocppj

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"unicode/utf8"
)

// maxID is the longest message id, in characters (OCPP-J 2.1 Part 4, 4.1.4).
const maxID = 36

// NewMessageID returns a random message id of 36 characters, a UUID of version 4. Ids are random and never
// counters, because they must differ over all connections of an identity (OCPP-J 2.1 Part 4, 4.1.4).
func NewMessageID() string {
	var u [16]byte
	rand.Read(u[:]) // never fails
	u[6] = u[6]&0x0f | 0x40
	u[8] = u[8]&0x3f | 0x80
	var s [36]byte
	hex.Encode(s[:8], u[:4])
	hex.Encode(s[9:13], u[4:6])
	hex.Encode(s[14:18], u[6:8])
	hex.Encode(s[19:23], u[8:10])
	hex.Encode(s[24:], u[10:])
	s[8], s[13], s[18], s[23] = '-', '-', '-', '-'
	return string(s[:])
}

type messageIDKey struct{}

// WithMessageID returns a context under which the next call is sent with the given message id, for a retry of
// a message that was sent under it before: the same action with the same payload (rule R12). The id must have
// 1 to 36 characters. Use such a context for one call.
func WithMessageID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, messageIDKey{}, id)
}

// withoutMessageID keeps the id, which was for one call, from those that an interceptor makes.
func withoutMessageID(ctx context.Context) context.Context {
	if ctx.Value(messageIDKey{}) == nil {
		return ctx
	}
	return context.WithValue(ctx, messageIDKey{}, nil)
}

func (s *Session) messageID(ctx context.Context) (string, error) {
	id, ok := ctx.Value(messageIDKey{}).(string)
	if !ok {
		id = s.o.NewID()
	}
	if id == "" || len(id) > maxID && utf8.RuneCountInString(id) > maxID || !utf8.ValidString(id) {
		return "", ErrMessageID
	}
	return id, nil
}
