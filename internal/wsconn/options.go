package wsconn

import "time"

// Options are the limits of one connection. The zero value works.
type Options struct {
	// PingInterval is the time between two pings of this end. 0 sends none. Conn.SetPingInterval changes it.
	PingInterval time.Duration
	// IdleTimeout ends a connection on which no frame arrived for so long. 0 never does: then nothing bounds how
	// long a peer may leave a message incomplete, which holds what has arrived of it and a 4 KiB buffer. A value that
	// is smaller than PingInterval + PongWait is raised to that. Conn.SetIdleTimeout changes it.
	IdleTimeout time.Duration
	// PongWait is how long the answer to a ping may take. Default 20 s. It only matters as the lower bound
	// of IdleTimeout.
	PongWait time.Duration
	// WriteTimeout ends a connection whose socket took no bytes for so long while some were waiting. A line is
	// taken for dead below some 200 bytes a second with the default. Default 20 s.
	WriteTimeout time.Duration
	// CloseTimeout bounds the close handshake; after it the socket is closed whatever the peer does.
	// Default 5 s.
	CloseTimeout time.Duration
	// MaxMessage is the longest message taken, in bytes, after decompression; a longer one ends the
	// connection with code 1009. Default 1 MiB. Conn.SetMaxMessage changes it.
	MaxMessage int
	// MaxOutbox is how many bytes of memory what waits for the socket may hold; one message more ends the
	// connection. A single message of any size may wait. Default 1 MiB.
	MaxOutbox int
	// Compression agrees to permessage-deflate: a server when it is offered, a client by offering it.
	// Neither side keeps a context between messages, and only messages over 1 KiB are compressed.
	Compression bool
}

const (
	defaultPongWait     = 20 * time.Second
	defaultWriteTimeout = 20 * time.Second
	defaultCloseTimeout = 5 * time.Second
	defaultMaxMessage   = 1 << 20
	defaultMaxOutbox    = 1 << 20
)

func (o Options) withDefaults() Options {
	setDefault(&o.PongWait, defaultPongWait)
	setDefault(&o.WriteTimeout, defaultWriteTimeout)
	setDefault(&o.CloseTimeout, defaultCloseTimeout)
	setDefault(&o.MaxMessage, defaultMaxMessage)
	setDefault(&o.MaxOutbox, defaultMaxOutbox)
	return o
}

func setDefault[T int | time.Duration](v *T, d T) {
	if *v <= 0 {
		*v = d
	}
}
