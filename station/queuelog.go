package station

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
)

// The log of a FileQueue is queueMagic and then records, each of
//
//	4 bytes  length of the body, little endian
//	4 bytes  CRC-32C of these four bytes and the body
//	the body: one byte for the kind, then the fields of that kind
//
// Records are only ever appended. The length is part of the checksum, so that a damaged length is found too.

const (
	queueMagic       = "chargeyard queue 1\n"
	recordHeaderSize = 8
	maxRecordBody    = 16 << 20 // far above any message; bounds what a damaged length can ask for
)

type recordKind byte

const (
	recordEntry   recordKind = 1 // an entry was appended
	recordDone    recordKind = 2 // an entry was delivered or given up, perhaps with a transaction id
	recordStarted recordKind = 3 // a remembered transaction id, written by compaction
	recordLastID  recordKind = 4 // the last id given, written by compaction so that no id is given twice
)

// record is the body of one record; only the fields of its kind are set.
type record struct {
	kind  recordKind
	entry Entry  // recordEntry
	id    uint64 // recordDone, recordLastID
	key   string // recordStarted
	tx    ocpp.Opt[int64]
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

var errBadRecord = errors.New("damaged record")

// appendRecord appends a whole record with its header.
func appendRecord(b []byte, r record) []byte {
	start := len(b)
	b = append(b, make([]byte, recordHeaderSize)...)
	b = appendBody(b, r)
	head, body := b[start:start+recordHeaderSize], b[start+recordHeaderSize:]
	binary.LittleEndian.PutUint32(head, uint32(len(body)))
	binary.LittleEndian.PutUint32(head[4:], checksum(head[:4], body))
	return b
}

func checksum(length, body []byte) uint32 {
	return crc32.Update(crc32.Checksum(length, castagnoli), castagnoli, body)
}

func appendBody(b []byte, r record) []byte {
	b = append(b, byte(r.kind))
	switch r.kind {
	case recordEntry:
		return appendEntry(b, r.entry)
	case recordStarted:
		b = appendString(b, r.key)
	default:
		b = binary.LittleEndian.AppendUint64(b, r.id)
	}
	if tx, ok := r.tx.Get(); ok {
		b = binary.LittleEndian.AppendUint64(b, uint64(tx))
	}
	return b
}

func appendEntry(b []byte, e Entry) []byte {
	b = binary.LittleEndian.AppendUint64(b, e.ID)
	b = binary.LittleEndian.AppendUint64(b, uint64(e.Time.UnixNano()))
	var offline byte
	if e.Offline {
		offline = 1
	}
	b = append(b, offline)
	for _, s := range [...]string{e.Action.Version.Subprotocol(), e.Action.Name, e.MessageID, e.Transaction} {
		b = appendString(b, s)
	}
	return append(b, e.Payload...)
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// splitRecord returns the body of the first record of b. It fails with errBadRecord when there is no whole, sound one.
func splitRecord(b []byte) (body []byte, err error) {
	if len(b) < recordHeaderSize {
		return nil, errBadRecord
	}
	n := binary.LittleEndian.Uint32(b)
	if n == 0 || n > maxRecordBody || int(n) > len(b)-recordHeaderSize {
		return nil, errBadRecord
	}
	end := recordHeaderSize + int(n)
	body = b[recordHeaderSize:end]
	if checksum(b[:4], body) != binary.LittleEndian.Uint32(b[4:]) {
		return nil, errBadRecord
	}
	return body, nil
}

// parseRecord reads a body whose checksum was right. An error means that another program wrote it.
func parseRecord(body []byte) (record, error) {
	p := bodyParser{b: body[1:]}
	r := record{kind: recordKind(body[0])}
	switch r.kind {
	case recordEntry:
		r.entry = p.entry()
	case recordStarted:
		r.key = p.str()
		r.tx = ocpp.Some(int64(p.u64()))
	case recordDone, recordLastID:
		r.id = p.u64()
		if len(p.b) > 0 {
			r.tx = ocpp.Some(int64(p.u64()))
		}
	default:
		return record{}, fmt.Errorf("unknown record kind %d", body[0])
	}
	return r, p.err
}

// bodyParser reads fields off the front of b; after the first error all fields are zero.
type bodyParser struct {
	b   []byte
	err error
}

func (p *bodyParser) take(n uint64) []byte {
	if p.err != nil || n > uint64(len(p.b)) {
		p.err = errBadRecord
		return nil
	}
	field := p.b[:n]
	p.b = p.b[n:]
	return field
}

func (p *bodyParser) u64() uint64 {
	if b := p.take(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

func (p *bodyParser) str() string {
	n, size := binary.Uvarint(p.b)
	if size <= 0 {
		p.err = errBadRecord
		return ""
	}
	p.take(uint64(size))
	return string(p.take(n))
}

func (p *bodyParser) entry() Entry {
	var e Entry
	e.ID = p.u64()
	e.Time = time.Unix(0, int64(p.u64())).UTC()
	if b := p.take(1); b != nil {
		e.Offline = b[0] == 1
	}
	version, ok := ocpp.ParseVersion(p.str())
	if !ok && p.err == nil {
		p.err = errors.New("unknown OCPP version")
	}
	e.Action = ocpp.Action{Version: version, Name: p.str()}
	e.MessageID, e.Transaction = p.str(), p.str()
	e.Payload = p.b
	return e
}

// anySoundRecord reports whether a whole record starts anywhere in b, and where. What follows a torn write has
// none; what follows damage in the middle of a log does.
func anySoundRecord(b []byte) (int, bool) {
	for i := range b {
		body, err := splitRecord(b[i:])
		if err != nil {
			continue
		}
		if _, err := parseRecord(body); err == nil {
			return i, true
		}
	}
	return 0, false
}
