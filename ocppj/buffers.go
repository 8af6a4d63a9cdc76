package ocppj

import "sync"

// maxPooled is the largest buffer that is kept for reuse, in bytes.
const maxPooled = 64 << 10

// Buffers lends what sessions need for a moment: the buffers in which frames are made, and decoders. It belongs
// to a server or a client and is shared by its sessions. The zero Buffers is ready for use; with a nil one each
// frame gets its own. It is safe for concurrent use.
type Buffers struct{ frames, readers sync.Pool }

func (b *Buffers) get() *[]byte {
	if b != nil {
		if p, ok := b.frames.Get().(*[]byte); ok {
			return p
		}
	}
	buf := make([]byte, 0, 512)
	return &buf
}

func (b *Buffers) put(p *[]byte) {
	if b == nil || cap(*p) > maxPooled {
		return
	}
	*p = (*p)[:0]
	b.frames.Put(p)
}

func (b *Buffers) reader() *reader {
	if b != nil {
		if r, ok := b.readers.Get().(*reader); ok {
			return r
		}
	}
	return newReader()
}

func (b *Buffers) putReader(r *reader) {
	if b == nil {
		return
	}
	r.d.Release()
	r.session, r.action, r.id = nil, "", ""
	b.readers.Put(r)
}
