// Package feed hands the notices of the store to many readers, each from its own position, in the order of their
// numbers, and without a hole that is not told of.
//
// The store has the notices. A [Feed] reads the new ones once for all its readers and keeps the latest in memory; a reader
// that is further behind reads the store by itself. Nobody waits for a reader: one that does not read falls behind, and is
// told which notices it missed when they were deleted meanwhile.
package feed
