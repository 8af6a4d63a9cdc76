package wsconn

import (
	"testing"
	"unsafe"
)

// TestConnFitsItsSizeClass: the next larger block of the allocator has 480 bytes.
func TestConnFitsItsSizeClass(t *testing.T) {
	if n := unsafe.Sizeof(Conn{}); n > 448 {
		t.Errorf("a connection has %d bytes", n)
	}
}
