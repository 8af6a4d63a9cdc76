package wsconn

import "sync"

// chunkSize is one read from the socket.
const chunkSize = 4096

// pools hold what connections borrow while they have something to do.
type pools struct {
	chunks    sync.Pool // *[chunkSize]byte
	frames    sync.Pool // *frame
	deflaters sync.Pool // *deflater
	inflaters sync.Pool // *inflater
}

func (p *pools) chunk() *[chunkSize]byte {
	if b, ok := p.chunks.Get().(*[chunkSize]byte); ok {
		return b
	}
	return new([chunkSize]byte)
}

func (p *pools) putChunk(b *[chunkSize]byte) { p.chunks.Put(b) }

func (p *pools) frame() *frame {
	if f, ok := p.frames.Get().(*frame); ok {
		return f
	}
	return newFrame()
}

func (p *pools) putFrame(f *frame) {
	f.b, f.sent, f.last, f.pong, f.err = f.b[:0], 0, false, false, nil
	if cap(f.b) > smallFrame+maxHeader {
		f.b = nil // large ones are rare; do not keep them alive
	}
	p.frames.Put(f)
}
