package ocppj

import "sync"

// maxPooled is the largest buffer that is kept for reuse, in bytes.
const maxPooled = 64 << 10

// Buffers lends the buffers in which frames are made. It belongs to a server or a client and is shared by its
// sessions. The zero Buffers is ready for use; a nil one makes a new buffer each time. It is safe for
// concurrent use.
type Buffers struct{ pool sync.Pool }

func (b *Buffers) get() *[]byte {
	if b != nil {
		if p, ok := b.pool.Get().(*[]byte); ok {
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
	b.pool.Put(p)
}
