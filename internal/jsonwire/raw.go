package jsonwire

import "unsafe"

// Since returns the text between start, an earlier Offset, and the cursor. It points into owned data, with no room
// to append, and is a copy otherwise.
func (d *Decoder) Since(start int) []byte {
	s := d.s[start:d.p]
	if d.opts.Owned {
		return unsafe.Slice(unsafe.StringData(s), len(s))
	}
	return []byte(s)
}
