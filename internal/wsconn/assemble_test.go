package wsconn

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"testing"
)

// oracle reads a whole stream at once, in the plainest way, and returns what the assembler has to report: the
// frames, and the code of the fault that ends them, 0 for none.
func oracle(b []byte, client bool, limit int, deflate bool) (events []string, fault uint16) {
	var message []byte
	var inside, packed bool
	for {
		h, ok := readHeader(b)
		if !ok {
			return events, 0
		}
		switch {
		case h.masked == client:
			return events, CodeProtocolError
		case h.op >= 8:
			if h.op > 10 || h.rsv != 0 || !h.fin || h.length > 125 {
				return events, CodeProtocolError
			}
		default:
			first := h.op != 0
			compressed := h.rsv == 4 && deflate && first
			if h.op > 2 || h.rsv != 0 && !compressed || first == inside {
				return events, CodeProtocolError
			}
			if h.op == 2 {
				return events, CodeUnsupported
			}
			if h.length > uint64(limit) || uint64(len(message))+h.length > uint64(limit) {
				return events, CodeTooBig
			}
			if first {
				packed = h.rsv == 4
			}
			inside = true
		}
		if uint64(len(b)-h.size) < h.length {
			return events, 0
		}
		p := slices.Clone(b[h.size : h.size+int(h.length)])
		b = b[h.size+int(h.length):]
		for i := range p {
			p[i] ^= h.key[i%4]
		}
		switch {
		case h.op >= 8:
			events = append(events, event(h.op, true, packed, p))
			continue
		case h.fin:
			events = append(events, event(opText, true, packed, append(message, p...)))
			message, inside = nil, false
		default:
			events = append(events, event(h.op, false, packed, nil))
			message = append(message, p...)
		}
	}
}

type header struct {
	fin, masked bool
	rsv, op     byte
	length      uint64
	key         [4]byte
	size        int
}

func readHeader(b []byte) (h header, ok bool) {
	if len(b) < 2 {
		return h, false
	}
	h = header{fin: b[0]>>7 == 1, rsv: b[0] >> 4 & 7, op: b[0] & 15, masked: b[1]>>7 == 1, length: uint64(b[1] & 127), size: 2}
	ext := map[uint64]int{126: 2, 127: 8}[h.length]
	key := 0
	if h.masked {
		key = 4
	}
	if len(b) < 2+ext+key {
		return h, false
	}
	switch ext {
	case 2:
		h.length = uint64(binary.BigEndian.Uint16(b[2:]))
	case 8:
		h.length = binary.BigEndian.Uint64(b[2:])
	}
	copy(h.key[:], b[2+ext:2+ext+key])
	h.size += ext + key
	return h, true
}

func event(op byte, complete, deflated bool, p []byte) string {
	if op >= 8 {
		deflated = false
	}
	return fmt.Sprintf("%d %v %v %q", op, complete, deflated, p)
}

// FuzzFrames compares the assembler with the oracle for any stream in any pieces, and checks that it never holds
// more than about twice what arrived: a first piece of 512 bytes and a control frame beside it.
func FuzzFrames(f *testing.F) {
	text := []byte{0x81, 0x85, 1, 2, 3, 4, 'h' ^ 1, 'e' ^ 2, 'l' ^ 3, 'l' ^ 4, 'o' ^ 1}
	f.Add(text, uint8(3), false, false)
	f.Add(bytes.Repeat([]byte{0xff}, 20), uint8(1), false, true)
	f.Add([]byte{0x01, 0x81, 0, 0, 0, 0, 'a', 0x89, 0x80, 0, 0, 0, 0, 0x80, 0x81, 0, 0, 0, 0, 'b'}, uint8(7), false, false)
	f.Add([]byte{0x81, 0xff, 0, 0, 0, 0, 0, 0, 3, 0xe8, 0, 0, 0, 0, 'a'}, uint8(0), false, false)
	f.Add([]byte{0x81, 0x7e, 0, 200, 'a'}, uint8(2), true, false)
	f.Add([]byte{0xc1, 0x03, 'a', 'b', 'c', 0x88, 0x02, 3, 0xe8, 0x8a, 0}, uint8(0), true, true)
	f.Fuzz(func(t *testing.T, stream []byte, piece uint8, client, deflate bool) {
		const limit = 1000
		var got []string
		var err error
		a := assembler{client: client}
		step := int(piece) + 1
		for b := stream; len(b) > 0 && err == nil; b = b[min(step, len(b)):] {
			in := slices.Clone(b[:min(step, len(b))])
			err = a.feed(in, limit, deflate, func(r received) error {
				if cap(r.payload) != len(r.payload) {
					t.Errorf("a payload of %d bytes in a buffer of %d", len(r.payload), cap(r.payload))
				}
				got = append(got, event(r.op, r.complete, r.deflated, r.payload))
				return nil
			})
			if held, arrived := cap(a.message)+cap(a.control), len(stream)-len(b)+step; held > 2*arrived+640 {
				t.Errorf("%d bytes held after %d arrived", held, arrived)
			}
		}
		want, fault := oracle(stream, client, limit, deflate)
		if !slices.Equal(got, want) {
			t.Errorf("frames\n%s\nwant\n%s", got, want)
		}
		var p *ProtocolError
		if errors.As(err, &p) != (fault != 0) || p != nil && p.Code != fault {
			t.Errorf("fault %v, want %d", err, fault)
		}
	})
}

func TestBuiltFramesAreReadBack(t *testing.T) {
	for _, n := range []int{0, 1, 15, 16, 125, 126, 127, 65535, 65536, 70000} {
		for _, masked := range []bool{false, true} {
			var out frame
			p := bytes.Repeat([]byte("x"), n)
			out.build(opText, p, masked)
			a := assembler{client: !masked}
			read := 0
			err := a.feed(out.b, n, false, func(r received) error {
				read++
				if !bytes.Equal(r.payload, p) {
					t.Errorf("%d bytes were read back as %d others", n, len(r.payload))
				}
				return nil
			})
			if err != nil || read != 1 {
				t.Errorf("%d bytes, masked %v: %d frames, %v", n, masked, read, err)
			}
		}
	}
}
