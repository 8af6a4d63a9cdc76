package fleet

import "time"

// RefusalSummary counts refused connection attempts that are kept.
type RefusalSummary struct {
	Times     int64 // attempts
	Reasons   []RefusalCount
	Stations  []RefusalCount // the most often refused first
	Addresses []RefusalCount // the most often refused first
}

// RefusalCount counts the refusals of one reason, of one identity or of one address.
type RefusalCount struct {
	Key    string    // the reason, the identity that was claimed, or the address without its port
	Times  int64     // attempts
	Latest time.Time // when the latest was
	Reason string    // of the latest
	Detail string    // of the latest
}
