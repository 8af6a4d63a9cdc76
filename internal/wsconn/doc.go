// Package wsconn keeps WebSocket connections (RFC 6455, RFC 7692) for both ends of OCPP-J: the server's, made
// from an HTTP request, and the client's, made by dialling.
//
// An [Engine] owns what its connections share: the timer that drives pings, idle timeouts and write stalls, and
// the buffer pools. There is no package-level state; every csms.Server and every station has an Engine of its
// own, and Engine.Close leaves no goroutine, timer or descriptor behind.
//
// A [Conn] that is idle costs one goroutine blocked in a read and nothing else: no buffer, no timer, no outbox.
// Sending never blocks: bytes go straight to the socket while it takes them, and otherwise into a bounded
// outbox that a goroutine drains while there is something to drain. A peer that stops reading loses its
// connection with [ErrOutboxFull] or [ErrWriteStalled] and delays nobody else.
//
// A connection has one cause of its end. The first one wins, whoever brings it: this end, the peer's close
// frame, a broken rule of the protocol, a timeout, the network.
package wsconn
