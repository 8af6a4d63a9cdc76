// Package store says what the management system must remember and how fast it must promise it: the interfaces
// that every engine implements, the group-committing writer they share, and, in storetest, the suite that every
// engine must pass. Engines are in packages of their own: sqlite is the embedded default.
//
// # Writing
//
// Whatever a station says goes through [Store.Submit]: many callers at once, one commit for many events. Submit
// returns after the commit, so what it acknowledges is durable. Presence ([Store.Report]) is the exception: it
// never waits and never fails, because a lost heartbeat is no loss.
//
// # Ids of transactions
//
// A transaction is named by its station and the id the station knows it by. The ids that this system gives to
// transactions of OCPP 1.6 are unique in the whole store; ids of OCPP 2.x are chosen by stations, and two
// stations may choose the same.
package store
