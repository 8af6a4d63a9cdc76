package ocppj

import "time"

// AnswerMemory remembers the results that one identity was given, so that a CALL that is repeated under its
// old id is answered again without a second effect (rule R12, OCPP-J 2.1 Part 4, 4.1.4). A repetition has the
// same id, action and payload; the same id with other content is a new message, because the counters of many
// stations start again.
//
// It is bounded, and shared by the connections of an identity: while one of them handles a message, a
// repetition on the next one waits for that result. Only CALLRESULTs are remembered: a refused message may be
// repeated and tried again. BootNotification and Heartbeat are never answered from memory, since their answer
// carries the time, and an accepted BootNotification empties it, since the station's counter may have started
// again.
//
// The zero AnswerMemory is ready for use. It is safe for concurrent use.
type AnswerMemory struct {
	MaxEntries int           // answers kept; default 16
	MaxBytes   int           // their size together; default 16 KiB
	MaxAge     time.Duration // how long one is kept; default 10 minutes
}
