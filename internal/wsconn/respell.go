package wsconn

import (
	"bytes"
	"net"
	"net/textproto"
	"strings"
)

// respeller reads the answer to a client's handshake and gives the subprotocol in it the case in which it was offered:
// servers echo it in another one, and gobwas/ws compares bytes (R3). It is left behind after the handshake.
type respeller struct {
	net.Conn
	offered []string
	head    []byte // read from the socket and not yet from here
	whole   bool   // the head has been read, or nothing more of it comes
}

// maxHead bounds the head of an answer. It is as much as gobwas/ws takes of one line.
const maxHead = 64 << 10

// Read waits for the whole head before it gives out any of it: the name may come in pieces.
func (r *respeller) Read(p []byte) (int, error) {
	if !r.whole {
		if err := r.readHead(); err != nil && len(r.head) == 0 {
			return 0, err
		}
	}
	if len(r.head) == 0 {
		return r.Conn.Read(p)
	}
	n := copy(p, r.head)
	r.head = r.head[n:]
	return n, nil
}

func (r *respeller) readHead() error {
	r.whole = true
	buf := make([]byte, 1024)
	for len(r.head) < maxHead {
		n, err := r.Conn.Read(buf)
		r.head = append(r.head, buf[:n]...)
		if end := bytes.Index(r.head, []byte("\r\n\r\n")); end >= 0 {
			respell(r.head[:end], r.offered)
			return nil
		}
		if err != nil {
			return err // comes again with the next read, behind what is here
		}
	}
	return nil
}

// respell changes the case of the subprotocol in a head, in place.
func respell(head []byte, offered []string) {
	for line := range bytes.SplitSeq(head, []byte("\r\n")) {
		name, value, _ := bytes.Cut(line, []byte(":"))
		if textproto.CanonicalMIMEHeaderKey(string(name)) != "Sec-Websocket-Protocol" {
			continue
		}
		value = bytes.TrimSpace(value)
		for _, o := range offered {
			if len(o) == len(value) && strings.EqualFold(o, string(value)) {
				copy(value, o)
			}
		}
	}
}
