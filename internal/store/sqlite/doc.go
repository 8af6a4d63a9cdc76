// Package sqlite is the embedded store: one SQLite file in WAL mode, without cgo. One connection writes, in
// groups (store.Group); a few others read. synchronous is FULL: a commit that returned survives the loss of power.
package sqlite
