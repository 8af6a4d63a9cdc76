// Package server puts the binary together: configuration in, listeners, store, stations and API out. It owns the
// order in which they start and stop.
//
// Start: data directory and store, listeners, handlers, then serving. Stop: not ready, no new stations, a close
// frame to every station, streams of events end, API requests finish, the store is flushed and closed.
package server
