package ocpptest

import (
	"encoding/binary"
	"fmt"
	"io"
)

// Opcodes of WebSocket frames (RFC 6455, 5.2).
const (
	OpContinuation = 0x0
	OpText         = 0x1
	OpBinary       = 0x2
	OpClose        = 0x8
	OpPing         = 0x9
	OpPong         = 0xa
)

// Frame is one WebSocket frame as it is on the wire (RFC 6455, 5.2); it need not obey any rule.
type Frame struct {
	Fin     bool
	RSV     byte // 0..7; 4 is RSV1, which marks compressed messages
	Op      byte // 0..15
	Masked  bool
	Key     [4]byte // masking key; zero is a valid one
	Payload []byte  // unmasked
	// Length, when not 0, is declared instead of the length of Payload.
	Length uint64
}

// Append appends the frame as it is on the wire.
func (f Frame) Append(b []byte) []byte {
	first := f.RSV<<4&0x70 | f.Op&0x0f
	if f.Fin {
		first |= 0x80
	}
	n := f.Length
	if n == 0 {
		n = uint64(len(f.Payload))
	}
	var mask byte
	if f.Masked {
		mask = 0x80
	}
	switch {
	case n <= 125:
		b = append(b, first, mask|byte(n))
	case n <= 0xffff:
		b = binary.BigEndian.AppendUint16(append(b, first, mask|126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, first, mask|127), n)
	}
	if !f.Masked {
		return append(b, f.Payload...)
	}
	b = append(b, f.Key[:]...)
	for i, c := range f.Payload {
		b = append(b, c^f.Key[i%4])
	}
	return b
}

// maxPeerFrame bounds what ReadFrame allocates; a test peer that gets more has found a fault.
const maxPeerFrame = 64 << 20

// ReadFrame reads one frame. io.EOF means that the stream ended between two frames.
func ReadFrame(r io.Reader) (Frame, error) {
	var h [14]byte
	if _, err := io.ReadFull(r, h[:2]); err != nil {
		return Frame{}, err
	}
	f := Frame{Fin: h[0]&0x80 != 0, RSV: h[0] >> 4 & 7, Op: h[0] & 0x0f, Masked: h[1]&0x80 != 0}
	n := uint64(h[1] & 0x7f)
	ext := 0
	switch n {
	case 126:
		ext = 2
	case 127:
		ext = 8
	}
	if _, err := io.ReadFull(r, h[2:2+ext]); err != nil {
		return Frame{}, err
	}
	switch ext {
	case 2:
		n = uint64(binary.BigEndian.Uint16(h[2:]))
	case 8:
		n = binary.BigEndian.Uint64(h[2:])
	}
	return f.readRest(r, n)
}

func (f Frame) readRest(r io.Reader, n uint64) (Frame, error) {
	if n > maxPeerFrame {
		return Frame{}, fmt.Errorf("ocpptest: a frame of %d bytes", n)
	}
	if f.Masked {
		if _, err := io.ReadFull(r, f.Key[:]); err != nil {
			return Frame{}, err
		}
	}
	f.Payload = make([]byte, n)
	if _, err := io.ReadFull(r, f.Payload); err != nil {
		return Frame{}, err
	}
	if f.Masked {
		for i := range f.Payload {
			f.Payload[i] ^= f.Key[i%4]
		}
	}
	return f, nil
}
