package station

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// open reads the whole log once, cuts off a torn tail and builds the index.
func (q *FileQueue) open() error {
	f, err := q.files.Open(q.path, os.O_RDWR|os.O_CREATE)
	if err != nil {
		return err
	}
	q.f = f
	// The whole log is read at once: compaction keeps it near the size of what waits.
	data, err := io.ReadAll(io.NewSectionReader(f, 0, 1<<62))
	if err != nil {
		return err
	}
	if len(data) < len(queueMagic) && queueMagic[:len(data)] == string(data) {
		return q.initialise() // new, or the crash came before the first line was whole
	}
	if len(data) < len(queueMagic) || string(data[:len(queueMagic)]) != queueMagic {
		return fmt.Errorf("%w: it does not begin as a queue file", ErrQueueCorrupt)
	}
	return q.replay(data)
}

func (q *FileQueue) initialise() error {
	if _, err := q.f.WriteAt([]byte(queueMagic), 0); err != nil {
		return err
	}
	q.size = int64(len(queueMagic))
	return errors.Join(q.f.Sync(), q.files.SyncDir(q.path))
}

func (q *FileQueue) replay(data []byte) error {
	rest := data[len(queueMagic):]
	q.size = int64(len(queueMagic))
	for len(rest) > 0 {
		r, size, err := nextRecord(rest)
		if err != nil {
			return q.recoverFrom(data, err)
		}
		q.apply(r, q.size, size)
		q.size += int64(size)
		rest = rest[size:]
	}
	return nil
}

func nextRecord(b []byte) (record, int, error) {
	body, err := splitRecord(b)
	if err != nil {
		return record{}, 0, err
	}
	r, err := parseRecord(body)
	return r, recordHeaderSize + len(body), err
}

// apply does what a record says to the index.
func (q *FileQueue) apply(r record, off int64, size int) {
	switch r.kind {
	case recordEntry:
		q.lastID = max(q.lastID, r.entry.ID)
		q.addLive(r.entry, off, size)
	case recordDone:
		q.removeLive(r.id, r.tx)
	case recordStarted:
		q.started.set(r.key, r.tx.Or(0))
	case recordLastID:
		q.lastID = max(q.lastID, r.id)
	}
}

// recoverFrom deals with what is no record at q.size: a torn tail, or damage with sound records behind it.
func (q *FileQueue) recoverFrom(data []byte, cause error) error {
	bad := data[q.size:]
	if _, sound := anySoundRecord(bad[1:]); !sound && errors.Is(cause, errBadRecord) {
		q.torn = int64(len(bad))
		return errors.Join(q.f.Truncate(q.size), q.f.Sync())
	}
	if !q.opts.Repair {
		return fmt.Errorf("%w at byte %d (%w); sound records follow it, FileQueueOptions.Repair keeps them",
			ErrQueueCorrupt, q.size, cause)
	}
	return q.repair(data)
}

// repair keeps a copy of the damaged file and rewrites it with every record that is sound.
func (q *FileQueue) repair(data []byte) error {
	if err := q.writeAside(q.path+".damaged", data); err != nil {
		return err
	}
	for off := q.size; off < int64(len(data)); {
		skip, sound := anySoundRecord(data[off:])
		if !sound {
			break
		}
		off += int64(skip)
		r, size, err := nextRecord(data[off:])
		if err != nil {
			return err // anySoundRecord has just read it
		}
		q.apply(r, off, size)
		off += int64(size)
	}
	return q.compact()
}

// writeAside makes a new synced file with the given content.
func (q *FileQueue) writeAside(path string, data []byte) error {
	f, err := q.files.Open(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return err
	}
	_, err = f.WriteAt(data, 0)
	return errors.Join(err, f.Sync(), f.Close())
}
