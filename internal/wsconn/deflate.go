package wsconn

import (
	"bytes"
	"compress/flate"
	"errors"
	"io"

	"github.com/gobwas/ws/wsflate"
)

// minDeflate is the length over which messages are compressed.
const minDeflate = 1024

// maxIdleBuffer is the largest buffer that goes back to a pool.
const maxIdleBuffer = 64 << 10

// deflateOffer is what both ends ask for and agree to: no context between messages, on either side (R6).
func deflateOffer() wsflate.Parameters {
	return wsflate.Parameters{ServerNoContextTakeover: true, ClientNoContextTakeover: true}
}

// declining makes the server's answer to an offer that it does not understand a decline (RFC 7692, 5.1) where
// f would refuse the whole handshake.
func declining[O any](f func(offer O) (O, error)) func(offer O) (O, error) {
	return func(offer O) (O, error) {
		answer, err := f(offer)
		if err != nil {
			var none O
			return none, nil //nolint:nilerr // see above
		}
		return answer, nil
	}
}

// deflater compresses; it is about 1 MB and is only ever borrowed.
type deflater struct {
	out bytes.Buffer
	w   *flate.Writer
}

// deflateTail ends every flushed block and is not sent (RFC 7692, 7.2.1).
var deflateTail = [...]byte{0x00, 0x00, 0xff, 0xff}

// deflate builds the frame of a compressed message; one that does not get smaller is sent as it is.
func (p *pools) deflate(f *frame, text []byte, masked bool) {
	d, ok := p.deflaters.Get().(*deflater)
	if !ok {
		d = &deflater{}
		d.w, _ = flate.NewWriter(&d.out, flate.BestSpeed) // an error is only possible for a level out of range
	}
	d.out.Reset()
	d.w.Reset(&d.out)
	_, err := d.w.Write(text)
	if err == nil {
		err = d.w.Flush()
	}
	packed := bytes.TrimSuffix(d.out.Bytes(), deflateTail[:])
	if err != nil || len(packed) >= len(text) {
		f.build(opText, text, masked)
	} else {
		f.build(bitDeflate|opText, packed, masked)
	}
	if d.out.Cap() > maxIdleBuffer {
		d.out = bytes.Buffer{}
	}
	p.deflaters.Put(d)
}

// inflater decompresses.
type inflater struct {
	src *wsflate.Reader
	in  bytes.Reader
	out bytes.Buffer
}

// flateReader can be used again, as wsflate asks for it.
type flateReader struct{ io.ReadCloser }

func newFlateReader(r io.Reader) wsflate.Decompressor { return flateReader{flate.NewReader(r)} }

// Reset begins a new stream without a dictionary.
func (r flateReader) Reset(src io.Reader) {
	r.ReadCloser.(flate.Resetter).Reset(src, nil) //nolint:errcheck // it cannot fail (compress/flate)
}

// inflate returns the message that was compressed, in a buffer of its exact size. More than limit bytes are never
// produced.
func (p *pools) inflate(packed []byte, limit int) ([]byte, error) {
	z, ok := p.inflaters.Get().(*inflater)
	if !ok {
		z = &inflater{}
		z.src = wsflate.NewReader(&z.in, newFlateReader)
	}
	defer p.putInflater(z)
	z.in.Reset(packed)
	z.src.Reset(&z.in)
	z.out.Reset()
	n, err := z.out.ReadFrom(io.LimitReader(z.src, int64(limit)+1))
	switch {
	case n > int64(limit):
		return nil, tooBig()
	case err != nil && !errors.Is(err, io.EOF):
		return nil, &ProtocolError{CodeInvalidPayload, "a compressed message that cannot be decompressed"}
	}
	return append(make([]byte, 0, z.out.Len()), z.out.Bytes()...), nil
}

func (p *pools) putInflater(z *inflater) {
	if z.out.Cap() > maxIdleBuffer {
		z.out = bytes.Buffer{}
	}
	z.in.Reset(nil)
	p.inflaters.Put(z)
}
