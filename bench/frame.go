package main

import "encoding/binary"

// Opcodes (RFC 6455, 5.2).
const (
	opText = 1
	opPing = 9
	opPong = 10
)

// appendFrame appends one frame of a client. The mask is zero: the server has the same work with it, the load
// generator has none.
func appendFrame(b []byte, op byte, payload string) []byte {
	b = append(b, 0x80|op)
	if len(payload) < 126 {
		b = append(b, 0x80|byte(len(payload)))
	} else {
		b = append(b, 0x80|126)
		b = binary.BigEndian.AppendUint16(b, uint16(len(payload)))
	}
	b = append(b, 0, 0, 0, 0)
	return append(b, payload...)
}

// splitFrame takes the first frame of a server off b; false: it is not complete.
func splitFrame(b []byte) (op byte, payload, rest []byte, ok bool) {
	if len(b) < 2 {
		return 0, nil, b, false
	}
	n, head := int(b[1]&0x7f), 2
	switch {
	case n == 126 && len(b) >= 4:
		n, head = int(binary.BigEndian.Uint16(b[2:])), 4
	case n >= 126: // no server here sends messages of 64 KiB
		return 0, nil, b, false
	}
	if len(b) < head+n {
		return 0, nil, b, false
	}
	return b[0] & 0x0f, b[head : head+n], b[head+n:], true
}
