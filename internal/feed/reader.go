package feed

import (
	"context"
	"sync"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// Latest is the position behind the newest notice.
const Latest int64 = -1

// Gap is a range of notices that a reader asked for and cannot have.
type Gap struct {
	From, To int64 // numbers, both included
	// Unknown: the reader named a number that was never given here, so that its position is not known: it has read
	// another store, or this one before it was set back. False: the notices were deleted.
	Unknown bool
}

// Batch is what a reader gets at once: what it missed, and then what is there.
type Batch struct {
	Gap     *Gap // nil: nothing
	Notices []fleet.Notice
}

// Reader follows the notices from a position. It is used by one goroutine at a time, and must be closed.
type Reader struct {
	feed   *Feed
	filter Filter
	at     int64 // everything up to here was returned or filtered out
	gap    *Gap  // not told yet
	close  sync.Once
}

// Follow returns a reader of what comes after a number, or from now on with Latest. Errors: ErrFull, ErrClosed, and those
// of the store.
func (f *Feed) Follow(ctx context.Context, after int64, filter Filter) (*Reader, error) {
	_, newest, err := f.source.NoticeRange(ctx)
	if err != nil {
		return nil, err
	}
	if err := f.enter(newest); err != nil {
		return nil, err
	}
	f.Wake() // what was committed while nobody read
	r := &Reader{feed: f, filter: filter}
	r.at, r.gap = start(after, newest)
	return r, nil
}

// start returns the position of a reader that asks for what comes after a number.
func start(after, newest int64) (at int64, gap *Gap) {
	switch {
	case after == Latest:
		return newest, nil
	case after > newest:
		return newest, &Gap{From: min(1, newest), To: newest, Unknown: true}
	}
	return after, nil
}

// enter counts a reader. The first one does not need what happened while there was none.
func (f *Feed) enter(newest int64) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.closed:
		return ErrClosed
	case f.readers >= f.o.Readers:
		return ErrFull
	case f.readers == 0:
		f.tail.restart(max(newest, f.tail.head))
	}
	f.readers++
	return nil
}

// Close ends the reader.
func (r *Reader) Close() { r.close.Do(r.feed.leave) }

func (f *Feed) leave() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.readers--; f.readers == 0 {
		f.tail.restart(f.tail.head) // gives the memory back
	}
}

// Position returns the number up to which everything was returned or filtered out.
func (r *Reader) Position() int64 { return r.at }

// Next waits for notices, or for what there is to say about missing ones. Errors: ErrClosed, the cause of ctx, and those of
// the store; after an error of the store Next may be called again.
func (r *Reader) Next(ctx context.Context) (Batch, error) {
	if gap := r.gap; gap != nil {
		r.gap = nil
		return Batch{Gap: gap}, nil
	}
	for {
		b, news, err := r.look(ctx)
		switch {
		case err != nil || b.Gap != nil || len(b.Notices) > 0:
			return b, err
		case ctx.Err() != nil:
			return Batch{}, context.Cause(ctx)
		case news == nil: // everything was filtered out so far
			continue
		}
		select {
		case <-news:
		case <-ctx.Done():
		}
	}
}

// look returns what is there, or what tells that there is more.
func (r *Reader) look(ctx context.Context) (b Batch, news <-chan struct{}, err error) {
	at := r.at
	var begin int64
	b.Notices, r.at, begin, news, err = r.feed.recent(at, r.filter)
	if err != nil || begin <= at {
		return b, news, err
	}
	list, gap, err := r.feed.read(ctx, at, maxLook)
	switch {
	case err != nil:
		return Batch{}, nil, err
	case len(list) == 0: // nothing of what was there is left
		gap, r.at = &Gap{From: at + 1, To: begin}, begin
	default:
		r.at = list[len(list)-1].Number
	}
	return Batch{Gap: gap, Notices: r.filter.of(list)}, nil, nil
}

// recent looks into the tail, if that begins at or before a number. news is nil when there is more to look at, now or in
// the store.
func (f *Feed) recent(after int64, filter Filter) (list []fleet.Notice, at, begin int64, news <-chan struct{}, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if after >= f.tail.after {
		list, at = f.tail.since(after, filter)
	} else {
		at = after
	}
	switch {
	case at > after:
	case f.closed:
		err = ErrClosed
	case after >= f.tail.after:
		news = f.news
	}
	return list, at, f.tail.after, news, err
}

// Page is a part of the notices for who asks instead of following.
type Page struct {
	Batch
	Next int64 // the number to ask with for the next page
	More bool  // there is a next page already
}

// Page returns what comes after a number, of so many notices at most, of which the filter may leave out any. With Latest
// these are the latest ones.
func (f *Feed) Page(ctx context.Context, after int64, filter Filter, limit int) (p Page, err error) {
	oldest, newest, err := f.source.NoticeRange(ctx)
	if err != nil {
		return p, err
	}
	if after == Latest {
		after = max(0, oldest-1, newest-int64(limit))
	}
	if p.Next, p.Gap = start(after, newest); p.Gap != nil {
		return p, nil
	}
	list, gap, err := f.read(ctx, after, limit)
	if err != nil {
		return p, err
	}
	if len(list) > 0 {
		p.Next = list[len(list)-1].Number
	}
	p.Notices, p.Gap, p.More = filter.of(list), gap, p.Next < newest
	return p, nil
}
