package station

import (
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/chargeyard/chargeyard/ocpp"
)

// FileQueueOptions are the settings of a FileQueue. The zero value is ready.
type FileQueueOptions struct {
	// CompactBytes is how many bytes of delivered entries the file may hold before it is rewritten without
	// them, once they are more than half of it. Default 256 KiB.
	CompactBytes int64

	// Repair opens a file that was damaged in the middle: the sound records are kept, and the damaged file is
	// left beside as path + ".damaged". Without it such a file is refused with ErrQueueCorrupt. A torn last
	// record, as a crash leaves it, is no damage: it was never acknowledged and is cut off.
	Repair bool

	files queueFiles // tests put faults in
}

// Errors of OpenFileQueue, to be found with errors.Is.
var (
	// ErrQueueInUse says that another process, or another queue of this one, has the file open.
	ErrQueueInUse = errors.New("the queue file is in use")

	// ErrQueueCorrupt says that the file is damaged in the middle, or is no queue file.
	ErrQueueCorrupt = errors.New("the queue file is damaged")
)

// FileQueue is a Queue in one append-only file. Append returns after fsync: an entry that it acknowledged is
// there after kill -9 and after a power cut. A removal is written but not synced; a power cut may bring a
// delivered entry back, which is then sent again with its old message id, and that a CSMS must expect anyway.
//
// Only the index is in memory, about 50 bytes per waiting entry. A path + ".lock" file keeps a second opener
// out. It is safe for concurrent use.
type FileQueue struct {
	path  string
	opts  FileQueueOptions
	lock  io.Closer
	files queueFiles

	// mu serialises the file; a write under it is the purpose. Nothing of a connection ever waits for it but
	// the goroutine that delivers this queue's entries.
	mu        sync.Mutex
	f         queueFile
	size      int64 // the end of the last sound record
	live      []liveEntry
	liveBytes int64
	lastID    uint64
	started   transactionIDs
	compactAt int64 // do not compact below this size; raised when compaction failed
	failed    error // sticky: the file can no longer be trusted, or is closed
	torn      int64
}

// liveEntry is where a waiting entry is in the file.
type liveEntry struct {
	id      uint64
	off     int64
	size    int32 // of the whole record
	version ocpp.Version
	key     string
}

// OpenFileQueue opens the queue at path, and creates it when there is none; its directory must exist. The errors
// tell a file in use, a damaged one, and what the file system says: a missing directory, no permission, a
// read-only or full disk.
func OpenFileQueue(path string, o FileQueueOptions) (*FileQueue, error) {
	if o.CompactBytes <= 0 {
		o.CompactBytes = 256 << 10
	}
	if o.files == nil {
		o.files = osFiles{}
	}
	lock, err := lockFile(path + ".lock")
	if err != nil {
		return nil, fmt.Errorf("station: opening queue %s: %w", path, err)
	}
	q := &FileQueue{path: path, opts: o, lock: lock, files: o.files}
	if err := q.open(); err != nil {
		return nil, fmt.Errorf("station: opening queue %s: %w", path, errors.Join(err, q.release()))
	}
	return q, nil
}

// Append implements Queue. After a full disk the queue works on as soon as there is room; after a failed fsync
// it refuses further use, because the kernel no longer says what is on the disk.
func (q *FileQueue) Append(e Entry) (uint64, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.failed != nil {
		return 0, q.failed
	}
	e.ID = q.lastID + 1
	rec := appendRecord(nil, record{kind: recordEntry, entry: e})
	if len(rec)-recordHeaderSize > maxRecordBody {
		return 0, fmt.Errorf("station: a message of %d bytes is too large for the queue", len(e.Payload))
	}
	off := q.size
	if err := q.write(rec, true); err != nil {
		return 0, fmt.Errorf("station: queueing %s: %w", e.Action, err)
	}
	q.lastID = e.ID
	q.addLive(e, off, len(rec))
	return e.ID, nil
}

// Next implements Queue.
func (q *FileQueue) Next(v ocpp.Version) (Entry, bool, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.failed != nil {
		return Entry{}, false, q.failed
	}
	for _, l := range q.live {
		if l.version == v {
			e, err := q.read(l)
			return e, err == nil, err
		}
	}
	return Entry{}, false, nil
}

func (q *FileQueue) read(l liveEntry) (Entry, error) {
	buf := make([]byte, l.size)
	if _, err := q.f.ReadAt(buf, l.off); err != nil {
		return Entry{}, fmt.Errorf("station: reading queue %s: %w", q.path, err)
	}
	body, err := splitRecord(buf)
	if err != nil {
		return Entry{}, fmt.Errorf("station: queue %s at byte %d: %w", q.path, l.off, ErrQueueCorrupt)
	}
	r, err := parseRecord(body)
	return r.entry, err
}

// Done implements Queue.
func (q *FileQueue) Done(id uint64, started ocpp.Opt[int64]) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.failed != nil {
		return q.failed
	}
	if !q.isLive(id) {
		return nil
	}
	if err := q.write(appendRecord(nil, record{kind: recordDone, id: id, tx: started}), false); err != nil {
		return fmt.Errorf("station: removing from queue %s: %w", q.path, err)
	}
	q.removeLive(id, started)
	q.compactIfDue()
	return nil
}

// TransactionID implements Queue.
func (q *FileQueue) TransactionID(key string) (int64, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.started.get(key)
}

// Len implements Queue.
func (q *FileQueue) Len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.live)
}

// TornBytes returns how many bytes of an unfinished last record were cut off when the queue was opened.
func (q *FileQueue) TornBytes() int64 { return q.torn }

// Close syncs and closes the file. It may be called twice.
func (q *FileQueue) Close() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if errors.Is(q.failed, ErrQueueClosed) {
		return nil
	}
	var syncErr error
	if q.failed == nil {
		syncErr = q.f.Sync()
	}
	q.failed = ErrQueueClosed
	return errors.Join(syncErr, q.release())
}

func (q *FileQueue) release() error {
	var err error
	if q.f != nil {
		err = q.f.Close()
	}
	return errors.Join(err, q.lock.Close())
}

// write puts one record behind the last one. What a full disk leaves of a record is overwritten by the next one, or cut off
// as a torn tail when the file is opened again.
func (q *FileQueue) write(rec []byte, sync bool) error {
	if _, err := q.f.WriteAt(rec, q.size); err != nil {
		return err
	}
	if sync {
		if err := q.f.Sync(); err != nil {
			q.failed = fmt.Errorf("station: queue %s cannot be trusted after a failed fsync: %w", q.path, err)
			return errors.Join(err, q.f.Truncate(q.size)) // it was refused: it should not come back
		}
	}
	q.size += int64(len(rec))
	return nil
}

func (q *FileQueue) addLive(e Entry, off int64, size int) {
	q.live = append(q.live, liveEntry{e.ID, off, int32(size), e.Action.Version, e.Transaction})
	q.liveBytes += int64(size)
}

func (q *FileQueue) isLive(id uint64) bool {
	for _, l := range q.live {
		if l.id == id {
			return true
		}
	}
	return false
}

func (q *FileQueue) removeLive(id uint64, started ocpp.Opt[int64]) {
	for i, l := range q.live {
		if l.id != id {
			continue
		}
		if tx, ok := started.Get(); ok && l.key != "" {
			q.started.set(l.key, tx)
		}
		q.liveBytes -= int64(l.size)
		q.live = removeAt(q.live, i)
		return
	}
}
