// Package ocpptest helps to test programs that speak OCPP, in the spirit of net/http/httptest: without sockets,
// and in a testing/synctest bubble to the exact instant.
//
//   - [Pipe] and [NewLink] are network connections in memory. A Link can be made slow, cut, paused, reset, or
//     turned half-open while it is in use.
//   - [NewServer] runs an http.Handler, such as a csms.Server, on an in-memory [Listener] that stations dial.
//   - [Peer] is a bare WebSocket end with access to single frames, to be the well-behaved or the broken peer of
//     what is tested.
//   - [Script] is a whole conversation as text, which is played against either end.
package ocpptest
