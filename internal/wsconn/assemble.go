package wsconn

import (
	"encoding/binary"
	"slices"

	"github.com/gobwas/ws"
)

// assembler puts the bytes of a stream together to frames and messages. It holds nothing but what arrived: no
// buffer is made for a length that was only declared. The zero value is a server's.
type assembler struct {
	client bool // this end is the client: frames must not be masked

	header [maxHeader]byte
	have   uint8 // bytes of the header that are here
	body   bool  // the header is complete
	fin    bool
	op     byte
	key    [4]byte
	left   uint64 // payload bytes still to come
	pos    int    // payload bytes that are here

	message  []byte // of the message under way
	inside   bool   // between the first and the last frame of a message
	deflated bool
	control  []byte

	rest []byte // what follows the frame that feed has just completed
}

// received is one complete frame. Frames of a fragmented message come without payload, but for the last.
type received struct {
	op       byte
	complete bool // a whole message, or a control frame
	deflated bool
	payload  []byte // belongs to the receiver
}

// within reports whether a frame has begun and is not complete.
func (a *assembler) within() bool { return a.have > 0 }

// feed takes the next bytes of the stream and calls done for every frame that they complete. limit is the
// longest message; deflate says that RSV1 may be set.
func (a *assembler) feed(b []byte, limit int, deflate bool, done func(received) error) error {
	for len(b) > 0 {
		if !a.body {
			b = a.takeHeader(b)
			if !a.body {
				return nil
			}
			if err := a.begin(limit, deflate); err != nil {
				return err
			}
		}
		b = a.takePayload(b)
		if a.left > 0 {
			return nil
		}
		a.rest = b
		if err := done(a.finish()); err != nil {
			return err
		}
		a.rest = nil
	}
	return nil
}

// takeHeader collects header bytes and sets body when they are all here.
func (a *assembler) takeHeader(b []byte) []byte {
	for {
		need := a.headerLen()
		n := copy(a.header[a.have:need], b)
		a.have += uint8(n)
		b = b[n:]
		if int(a.have) < need {
			return b
		}
		if a.headerLen() == need {
			a.body = true
			return b
		}
	}
}

// headerLen is how long the header is as far as one can tell.
func (a *assembler) headerLen() int {
	if a.have < 2 {
		return 2
	}
	n := 2
	switch a.header[1] &^ bitMask {
	case 126:
		n += 2
	case 127:
		n += 8
	}
	if a.header[1]&bitMask != 0 {
		n += 4
	}
	return n
}

// begin checks a complete header (RFC 6455, 5.2 to 5.5).
func (a *assembler) begin(limit int, deflate bool) error {
	h := a.header[:a.have]
	a.fin, a.op, a.pos = h[0]&bitFin != 0, h[0]&0x0f, 0
	a.left = uint64(h[1] &^ bitMask)
	switch a.left {
	case 126:
		a.left = uint64(binary.BigEndian.Uint16(h[2:]))
	case 127:
		a.left = binary.BigEndian.Uint64(h[2:])
	}
	masked := h[1]&bitMask != 0
	if masked {
		copy(a.key[:], h[len(h)-4:])
	}
	if masked == a.client {
		return &ProtocolError{CodeProtocolError, maskFault(a.client)}
	}
	if a.op >= opClose {
		return a.beginControl(h[0])
	}
	return a.beginData(h[0], limit, deflate)
}

func maskFault(client bool) string {
	if client {
		return "a masked frame from a server"
	}
	return "an unmasked frame from a client"
}

func (a *assembler) beginControl(b0 byte) error {
	switch {
	case a.op > opPong:
		return &ProtocolError{CodeProtocolError, "an unknown opcode"}
	case b0&bitsRSV != 0:
		return &ProtocolError{CodeProtocolError, "a reserved bit is set"}
	case !a.fin:
		return &ProtocolError{CodeProtocolError, "a fragmented control frame"}
	case a.left > maxControl:
		return &ProtocolError{CodeProtocolError, "a control frame of more than 125 bytes"}
	}
	return nil
}

func (a *assembler) beginData(b0 byte, limit int, deflate bool) error {
	rsv := b0 & bitsRSV
	first := a.op != opContinuation
	if rsv == bitDeflate && deflate && first {
		rsv = 0
	}
	switch {
	case a.op > opBinary:
		return &ProtocolError{CodeProtocolError, "an unknown opcode"}
	case rsv != 0:
		return &ProtocolError{CodeProtocolError, "a reserved bit is set"}
	case first && a.inside:
		return &ProtocolError{CodeProtocolError, "a new message inside of a fragmented one"}
	case !first && !a.inside:
		return &ProtocolError{CodeProtocolError, "a continuation of nothing"}
	case a.op == opBinary:
		return &ProtocolError{CodeUnsupported, "a binary message"}
	case a.left > uint64(limit) || len(a.message)+int(a.left) > limit:
		return tooBig()
	}
	if first {
		a.deflated = b0&bitDeflate != 0
		a.inside = true
	}
	return nil
}

func tooBig() error { return &ProtocolError{CodeTooBig, "a message over the limit"} }

// takePayload takes what is here of the payload.
func (a *assembler) takePayload(b []byte) []byte {
	n := len(b)
	if uint64(n) > a.left {
		n = int(a.left)
	}
	if n == 0 {
		return b
	}
	to := &a.message
	if a.op >= opClose {
		to = &a.control
	}
	*to = a.room(*to, n)
	at := len(*to)
	*to = append(*to, b[:n]...)
	if !a.client {
		ws.Cipher((*to)[at:], a.key, a.pos)
	}
	a.pos += n
	a.left -= uint64(n)
	return b[n:]
}

// room makes room for n more bytes: at most twice what arrived, and exactly the rest of an unfragmented message.
func (a *assembler) room(buf []byte, n int) []byte {
	if cap(buf)-len(buf) >= n {
		return buf
	}
	want := len(buf) + n
	grown := max(2*want, 512)
	if whole := uint64(len(buf)) + a.left; a.fin && uint64(grown) > whole || a.op >= opClose {
		grown = int(whole)
	}
	return append(make([]byte, 0, grown), buf...)
}

// finish ends the frame and returns it.
func (a *assembler) finish() received {
	f := received{op: a.op, complete: a.fin, deflated: a.deflated}
	a.have, a.body = 0, false
	switch {
	case a.op >= opClose:
		f.payload, a.control = a.control, nil
	case a.fin:
		f.op = opText
		f.payload, a.message = exact(a.message), nil
		a.inside = false
	}
	return f
}

// exact returns b in a buffer of its size.
func exact(b []byte) []byte {
	if cap(b) == len(b) {
		return b
	}
	return append(make([]byte, 0, len(b)), slices.Clip(b)...)
}
