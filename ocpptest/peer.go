package ocpptest

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
)

// Peer is a bare WebSocket end: the station of a CSMS test, or the CSMS of a station test. It does what it is told
// and nothing by itself, except that ReadText answers pings. One goroutine may read while others write.
type Peer struct {
	Conn        net.Conn // to close it, to set deadlines, to read its addresses
	Subprotocol string   // what was agreed

	client bool
	r      *bufio.Reader
	write  sync.Mutex
}

// NewPeer makes a peer of a connection whose handshake is done. client says which end it is: clients mask.
func NewPeer(conn net.Conn, client bool) *Peer {
	return &Peer{Conn: conn, client: client, r: bufio.NewReader(conn)}
}

// Write sends bytes as they are, a part of a frame for instance.
func (p *Peer) Write(b []byte) (int, error) {
	p.write.Lock()
	defer p.write.Unlock()
	return p.Conn.Write(b)
}

// Send sends one frame exactly as it is.
func (p *Peer) Send(f Frame) error {
	_, err := p.Write(f.Append(nil))
	return err
}

// SendOp sends one unfragmented frame, masked if this is the client.
func (p *Peer) SendOp(op byte, payload []byte) error { return p.Send(p.frame(op, true, payload)) }

// SendText sends one text message.
func (p *Peer) SendText(text string) error { return p.SendOp(OpText, []byte(text)) }

// SendFragments sends one text message in as many frames as there are parts.
func (p *Peer) SendFragments(parts ...string) error {
	op := byte(OpText)
	for i, part := range parts {
		if err := p.Send(p.frame(op, i == len(parts)-1, []byte(part))); err != nil {
			return err
		}
		op = OpContinuation
	}
	return nil
}

// SendClose sends a close frame. Code 0 sends one without a code.
func (p *Peer) SendClose(code uint16, reason string) error {
	if code == 0 {
		return p.SendOp(OpClose, nil)
	}
	return p.SendOp(OpClose, append(binary.BigEndian.AppendUint16(nil, code), reason...))
}

// Close closes the socket without a close frame.
func (p *Peer) Close() error { return p.Conn.Close() }

func (p *Peer) frame(op byte, fin bool, payload []byte) Frame {
	f := Frame{Fin: fin, Op: op, Masked: p.client, Payload: payload}
	if p.client {
		binary.NativeEndian.PutUint32(f.Key[:], rand.Uint32())
	}
	return f
}

// ReadFrame reads the next frame, whatever it is.
func (p *Peer) ReadFrame() (Frame, error) { return ReadFrame(p.r) }

// ReadText reads the next text message, fragmented or not. Pings before it are answered, pongs passed over. A close
// frame is a *CloseError; it is not answered.
func (p *Peer) ReadText() (string, error) {
	var text []byte
	for {
		f, err := p.ReadFrame()
		if err != nil {
			return "", err
		}
		switch f.Op {
		case OpText, OpContinuation:
			text = append(text, f.Payload...)
			if f.Fin {
				return string(text), nil
			}
		case OpPing:
			err = p.SendOp(OpPong, f.Payload)
		case OpPong:
		case OpClose:
			err = closeError(f.Payload)
		default:
			err = fmt.Errorf("ocpptest: a frame with opcode %d", f.Op)
		}
		if err != nil {
			return "", err
		}
	}
}

// CloseError is a close frame that a Peer read.
type CloseError struct {
	Code   uint16 // 0: the frame had none
	Reason string
}

func (e *CloseError) Error() string {
	return fmt.Sprintf("ocpptest: closed (%d): %q", e.Code, e.Reason)
}

func closeError(p []byte) *CloseError {
	if len(p) < 2 {
		return &CloseError{}
	}
	return &CloseError{Code: binary.BigEndian.Uint16(p), Reason: string(p[2:])}
}

// ReadClose reads on, throwing everything else away, until the close frame.
func (p *Peer) ReadClose() (*CloseError, error) {
	for {
		f, err := p.ReadFrame()
		if err != nil {
			return nil, err
		}
		if f.Op == OpClose {
			return closeError(f.Payload), nil
		}
	}
}
