// Package ocppj speaks OCPP-J: the frames of OCPP 1.6, 2.0.1 and 2.1 and the RPC session that exchanges them.
//
// A [Session] is one end of one connection and knows no socket: it is given a function that sends a text
// message, and [Session.Receive] is called with every text message that arrives. Packages csms and station
// put it on WebSocket connections; a proxy or a test may put it on anything that carries text messages.
//
// The two directions of a session are independent. Outbound, [Call] sends a CALL and waits for its answer,
// with at most one CALL outstanding; further callers wait in the order in which they came. Inbound, CALLs and
// SENDs are handled one after the other, in the order in which they arrived, on a goroutine that exists only
// while there is work: an idle session has no goroutine, no timer and no buffer.
//
// What is answered and how follows OCPP-J 1.6 (chapter 4) and Part 4 of OCPP 2.0.1 and 2.1; where those are
// silent, the doc comments say what this package decides:
//
//   - An id can be read when it is a JSON string of 1 to 255 characters. A CALL whose id is longer than the 36
//     characters that the specifications allow is refused under its own id. A frame without a readable id is
//     answered under the id "-1" on 2.x; on 1.6, which has no such answer, it is dropped and reported.
//   - A handler may leave a CALL unanswered, with [ErrNoAnswer].
//   - A retry gets the answer that was given before, see [AnswerMemory].
//   - A CALL under the id of a CALL of the same connection that waits or is being handled is refused at once.
package ocppj
