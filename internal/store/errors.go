package store

import "errors"

// What callers ask of an error, with errors.Is.
var (
	ErrNotFound     = errors.New("not found")
	ErrExists       = errors.New("exists already")
	ErrEnded        = errors.New("the transaction has ended")
	ErrAmbiguous    = errors.New("several stations have a transaction of this id: name the station")
	ErrCursor       = errors.New("not a cursor of this list")
	ErrLowerProfile = errors.New("the station has a higher security profile already")
	ErrNoKey        = errors.New("the station has no key")
	ErrTooManyTags  = errors.New("the station has as many tags as it may")
	ErrUnavailable  = errors.New("the store cannot write")
	ErrClosed       = errors.New("the store is closed")
	ErrFull         = errors.New("the disk is full")
	ErrDisk         = errors.New("the disk fails") // it cannot be read or written, or became read-only

	// Why a store cannot be opened.
	ErrInUse    = errors.New("another process uses the store")
	ErrNewer    = errors.New("the store was written by a newer version of the program")
	ErrReadOnly = errors.New("the store is read-only")
	ErrCorrupt  = errors.New("the store is damaged")
	ErrForeign  = errors.New("it is a database of another program")
)
