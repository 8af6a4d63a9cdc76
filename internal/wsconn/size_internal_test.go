package wsconn

import (
	"testing"
	"unsafe"
)

// TestConnFitsItsSizeClass: the next larger block of the allocator has 576 bytes.
func TestConnFitsItsSizeClass(t *testing.T) {
	if n := unsafe.Sizeof(Conn{}); n > 512 {
		t.Errorf("a connection has %d bytes", n)
	}
}
