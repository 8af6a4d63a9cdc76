package wsconn

// growStack makes the stack of this goroutine 8 KiB large. A goroutine begins with 2 KiB; without this it grows twice on
// the way of a message, each time deep in the calls, where all frames have to be adjusted. Here there are few.
//
//go:noinline
func growStack(at int) byte {
	var room [3500]byte // with what the runtime keeps free it does not fit into 4 KiB
	room[at] = 1        // an index that is not known, or there would be no array
	return room[at/2]
}
