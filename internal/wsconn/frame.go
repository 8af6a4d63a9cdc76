package wsconn

import (
	"encoding/binary"
	"math/rand/v2"

	"github.com/gobwas/ws"
)

// Opcodes (RFC 6455, 5.2).
const (
	opContinuation = 0
	opText         = 1
	opBinary       = 2
	opClose        = 8
	opPing         = 9
	opPong         = 10
)

// Bits of the first two header bytes.
const (
	bitFin     = 0x80
	bitDeflate = 0x40 // RSV1 (RFC 7692, 6)
	bitsRSV    = 0x70
	bitMask    = 0x80
)

const (
	maxHeader  = 14
	maxControl = 125
	minFrame   = 512
	smallFrame = 4096 // payloads up to this use pooled buffers
)

// frame is a frame on its way out, or some frames that are sent together: header and payload, masked where the end
// masks.
type frame struct {
	b     []byte
	count uint64 // of frames
	sent  int    // bytes that the socket has taken
	last  bool   // our close frame
	pong  bool

	// For the attempt to write without blocking (tryWrite): made once, so that it costs no allocation.
	try func(fd uintptr) bool
	err error
}

func (f *frame) rest() []byte { return f.b[f.sent:] }

// cost is about what the frame holds in memory.
func (f *frame) cost() int { return cap(f.b) + 128 }

// build fills f with one unfragmented frame. p is copied.
func (f *frame) build(op byte, p []byte, masked bool) {
	var h [maxHeader]byte
	h[0] = bitFin | op
	n := 2
	switch {
	case len(p) <= 125:
		h[1] = byte(len(p))
	case len(p) <= 0xffff:
		h[1] = 126
		binary.BigEndian.PutUint16(h[2:], uint16(len(p)))
		n = 4
	default:
		h[1] = 127
		binary.BigEndian.PutUint64(h[2:], uint64(len(p)))
		n = 10
	}
	var key [4]byte
	if masked {
		h[1] |= bitMask
		binary.NativeEndian.PutUint32(key[:], rand.Uint32())
		n += copy(h[n:], key[:])
	}
	f.count = 1
	f.reserve(n + len(p))
	f.b = append(append(f.b[:0], h[:n]...), p...)
	if masked {
		ws.Cipher(f.b[n:], key, 0)
	}
}

// reserve makes room for n bytes; small frames get a little more, for those that are sent with them.
func (f *frame) reserve(n int) {
	if cap(f.b) < n {
		f.b = make([]byte, 0, max(n, minFrame))
	}
}

// appendClose appends the payload of a close frame.
func appendClose(b []byte, code uint16, reason string) []byte {
	if code == CodeNoStatus || code == CodeAbnormal || code == 0 {
		return b
	}
	b = binary.BigEndian.AppendUint16(b, code)
	return append(b, clipReason(reason)...)
}

// clipReason cuts a reason to what fits into a control frame, between two characters.
func clipReason(s string) string {
	const room = maxControl - 2
	if len(s) <= room {
		return s
	}
	n := room
	for n > 0 && s[n]&0xc0 == 0x80 {
		n--
	}
	return s[:n]
}
