package storm

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
)

// Opcodes and limits of RFC 6455, 5.2. The package has framing of its own because it must be able to do to a connection
// what no well-behaved client offers: leave it half-open, stop reading, reset it.
const (
	opContinuation = 0
	opText         = 1
	opClose        = 8
	opPing         = 9
	opPong         = 10

	maxPayload = 16 << 20
)

var errFraming = errors.New("storm: the server broke the framing of RFC 6455")

// appendFrame appends one masked, unfragmented frame.
func appendFrame(b []byte, op byte, payload []byte) []byte {
	const fin, masked = 0x80, 0x80
	b = append(b, fin|op)
	switch n := len(payload); {
	case n <= 125:
		b = append(b, masked|byte(n))
	case n <= 0xffff:
		b = binary.BigEndian.AppendUint16(append(b, masked|126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, masked|127), uint64(n))
	}
	var key [4]byte
	binary.NativeEndian.PutUint32(key[:], rand.Uint32())
	b = append(b, key[:]...)
	start := len(b)
	b = append(b, payload...)
	for i := range payload {
		b[start+i] ^= key[i&3]
	}
	return b
}

// frame is one frame of a server.
type frame struct {
	op      byte
	fin     bool
	payload []byte
}

// readFrame reads one frame. The payload is its own.
func readFrame(r *bufio.Reader) (frame, error) {
	var h [10]byte
	if _, err := io.ReadFull(r, h[:2]); err != nil {
		return frame{}, err
	}
	f := frame{op: h[0] & 0x0f, fin: h[0]&0x80 != 0}
	if h[0]&0x70 != 0 || h[1]&0x80 != 0 {
		return f, fmt.Errorf("%w: reserved bits or a mask", errFraming)
	}
	n := uint64(h[1])
	switch n {
	case 126:
		if _, err := io.ReadFull(r, h[2:4]); err != nil {
			return f, err
		}
		n = uint64(binary.BigEndian.Uint16(h[2:4]))
	case 127:
		if _, err := io.ReadFull(r, h[2:10]); err != nil {
			return f, err
		}
		n = binary.BigEndian.Uint64(h[2:10])
	}
	if n > maxPayload {
		return f, fmt.Errorf("%w: a frame of %d bytes", errFraming, n)
	}
	f.payload = make([]byte, n)
	_, err := io.ReadFull(r, f.payload)
	return f, err
}

// closing is the end of a connection by a close frame.
type closing struct {
	code   uint16 // 1005 when the frame had none
	reason string
}

func (c closing) Error() string {
	if c.reason == "" {
		return fmt.Sprintf("close %d", c.code)
	}
	return fmt.Sprintf("close %d %s", c.code, c.reason)
}

func parseClose(payload []byte) closing {
	if len(payload) < 2 {
		return closing{code: 1005}
	}
	return closing{binary.BigEndian.Uint16(payload), string(payload[2:])}
}

func closePayload(code uint16) []byte { return binary.BigEndian.AppendUint16(nil, code) }
