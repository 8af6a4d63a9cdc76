// Package stack grows the stack of a goroutine before it has many frames.
package stack

// Grow makes the stack of this goroutine 16 KiB large. A goroutine begins with 2 KiB; without this it grows three times
// on the way of a message through the interceptors of a server, each time deep in the calls, where all frames have to be
// adjusted: a seventh of the CPU of a storm. Here there are few.
func Grow() { use(0) }

//go:noinline
func use(at int) byte {
	var room [7500]byte // with what the runtime keeps free it does not fit into 8 KiB
	room[at] = 1        // an index that is not known, or there would be no array
	return room[at/2]
}
