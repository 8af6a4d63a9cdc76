package store

import (
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// Options of every engine. The zero value is ready to use.
type Options struct {
	MaxBatch      int           // awaited events per commit at most; 0: 256
	Enough        int           // with so many a commit waits for no more, and takes so many deferred ones; 0: 64, at most MaxBatch
	MaxDelay      time.Duration // wait for more events at most; 0: 5 ms; negative: not at all
	Queue         int           // events of either kind that may wait for their commit; 0: 1024
	PresenceDelay time.Duration // reports wait at most; 0: 500 ms
	RetryMin      time.Duration // first wait after a failure, doubled after each more; 0: 100 ms
	RetryMax      time.Duration // longest wait after a failure; 0: 5 s

	Tokens fleet.TokenPolicy // zero: unknown tokens are accepted

	KeepUnknown  int // about so many tokens that were seen and that nobody knows are kept, the latest; 0: 10,000; negative: all
	KeepNotices  int // latest notices that are kept; 0: 100,000; negative: all
	KeepRefusals int // latest refusals that are kept; 0: 10,000; negative: all

	Devices DeviceLimits // what is kept of what stations say about themselves

	KeepBulks        int // latest bulks that have ended that are kept at most; 0: 1,000; negative: all
	KeepBulkCommands int // commands that these have together at most; 0: 100,000; negative: all

	KeepCommands int // latest commands that have been dealt with that are kept; 0: 10,000; negative: all

	KeepAllocations int // latest allocations of each site that are kept; 0: 1,000; negative: all

	KeepRecords int // latest records of each kind and station that are kept; 0: 1,000; negative: all

	// OnCommit is told of each commit, failed ones included, for metrics; nil: nobody is. It is called by the
	// writer between commits and must not block.
	OnCommit func(Commit)
}

// Commit describes one attempt to commit.
type Commit struct {
	Events   int           // in the batch
	Presence int           // stations whose presence was written
	Queued   int           // awaited events that were waiting when it ended
	Took     time.Duration // for the whole batch
	Err      error         // why nothing was stored; nil: it was
}

// WithDefaults returns o with defaults in place of zeros.
func (o Options) WithDefaults() Options {
	o.MaxBatch = orDefault(o.MaxBatch, 256)
	o.Enough = min(orDefault(o.Enough, 64), o.MaxBatch)
	o.MaxDelay = orDefault(o.MaxDelay, 5*time.Millisecond)
	o.Queue = orDefault(o.Queue, 1024)
	o.PresenceDelay = orDefault(o.PresenceDelay, 500*time.Millisecond)
	o.RetryMin = orDefault(o.RetryMin, 100*time.Millisecond)
	o.RetryMax = orDefault(o.RetryMax, 5*time.Second)
	o.KeepUnknown = orDefault(o.KeepUnknown, 10_000)
	o.KeepNotices = orDefault(o.KeepNotices, 100_000)
	o.KeepRefusals = orDefault(o.KeepRefusals, 10_000)
	o.KeepBulks = orDefault(o.KeepBulks, 1_000)
	o.KeepBulkCommands = orDefault(o.KeepBulkCommands, 100_000)
	o.KeepCommands = orDefault(o.KeepCommands, 10_000)
	o.KeepAllocations = orDefault(o.KeepAllocations, 1_000)
	o.KeepRecords = orDefault(o.KeepRecords, 1_000)
	o.Devices = o.Devices.withDefaults()
	return o
}

func orDefault[T comparable](v, def T) T {
	var zero T
	if v == zero {
		return def
	}
	return v
}
