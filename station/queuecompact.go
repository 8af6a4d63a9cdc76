package station

import (
	"errors"
	"fmt"
	"os"

	"github.com/chargeyard/chargeyard/ocpp"
)

// compactIfDue rewrites the file when most of it is delivered entries. A failure, such as a full disk, is no
// failure of the caller: the old file is whole and goes on being used; the next try comes when it has doubled.
func (q *FileQueue) compactIfDue() {
	dead := q.size - q.liveBytes - int64(len(queueMagic))
	if dead < q.opts.CompactBytes || dead < q.size/2 || q.size < q.compactAt {
		return
	}
	if err := q.compact(); err != nil {
		q.compactAt = 2 * q.size
		return
	}
	// The remembered transaction ids stay in the file; do not compact again because of them alone.
	q.compactAt = q.size + q.opts.CompactBytes
}

// compact writes what is alive to a new file and puts it in the place of the old one, which is untouched until
// the rename.
func (q *FileQueue) compact() error {
	data, live, err := q.liveImage()
	if err != nil {
		return err
	}
	temp := q.path + ".new"
	f, err := q.files.Open(temp, os.O_RDWR|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return err
	}
	_, err = f.WriteAt(data, 0)
	if err = errors.Join(err, f.Sync()); err == nil {
		err = q.files.Rename(temp, q.path)
	}
	if err != nil {
		return errors.Join(err, f.Close(), q.files.Remove(temp))
	}
	return q.adopt(f, live, int64(len(data)))
}

// liveImage builds the content of a compacted file and the index that belongs to it.
func (q *FileQueue) liveImage() ([]byte, []liveEntry, error) {
	data := []byte(queueMagic)
	data = appendRecord(data, record{kind: recordLastID, id: q.lastID})
	for _, key := range q.started.order {
		r := record{kind: recordStarted, key: key, tx: ocpp.Some(q.started.ids[key])}
		data = appendRecord(data, r)
	}
	live := make([]liveEntry, 0, len(q.live))
	for _, l := range q.live {
		buf := make([]byte, l.size)
		if _, err := q.f.ReadAt(buf, l.off); err != nil {
			return nil, nil, fmt.Errorf("reading an entry: %w", err)
		}
		l.off = int64(len(data))
		live = append(live, l)
		data = append(data, buf...)
	}
	return data, live, nil
}

// adopt goes on with the new file. From here on the old one is gone, whatever else fails.
func (q *FileQueue) adopt(f queueFile, live []liveEntry, size int64) error {
	old := q.f
	q.f, q.live, q.size = f, live, size
	err := q.files.SyncDir(q.path)
	if err != nil {
		q.failed = fmt.Errorf("station: queue %s: syncing its directory: %w", q.path, err)
	}
	return errors.Join(err, old.Close())
}
