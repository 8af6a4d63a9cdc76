package station

import (
	"errors"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"github.com/chargeyard/chargeyard/ocpp"
)

// faultyFiles is a file system with faults.
type faultyFiles struct {
	osFiles
	room    int64 // bytes that may still be written; negative: no end
	syncErr error
	fast    bool  // do not really sync: for tests of the content with many entries
	synced  int64 // how far a file was synced
	written int64 // how far a file was written
}

func (fs *faultyFiles) Open(path string, flag int) (queueFile, error) {
	f, err := fs.osFiles.Open(path, flag)
	if err != nil {
		return nil, err
	}
	return &faultyFile{f, fs}, nil
}

type faultyFile struct {
	queueFile
	fs *faultyFiles
}

func (f *faultyFile) WriteAt(b []byte, off int64) (int, error) {
	if f.fs.room >= 0 && int64(len(b)) > f.fs.room {
		n, _ := f.queueFile.WriteAt(b[:f.fs.room], off)
		f.fs.room = 0
		return n, syscall.ENOSPC
	}
	if f.fs.room >= 0 {
		f.fs.room -= int64(len(b))
	}
	f.fs.written = off + int64(len(b))
	return f.queueFile.WriteAt(b, off)
}

func (f *faultyFile) Sync() error {
	if f.fs.syncErr != nil {
		return f.fs.syncErr
	}
	f.fs.synced = f.fs.written
	if f.fs.fast {
		return nil
	}
	return f.queueFile.Sync()
}

func TestFileQueueFullDiskLosesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "q")
	fs := &faultyFiles{room: -1}
	q := openQueue(t, path, FileQueueOptions{files: fs})
	appendTo(t, q, 1)
	fs.room = 30 // less than an entry, so that a part of it is written
	if _, err := q.Append(testEntry(2)); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("got %v, want ENOSPC", err)
	}
	fs.room = -1 // somebody made room
	appendTo(t, q, 3)
	if err := q.Close(); err != nil {
		t.Fatal(err)
	}
	q = openQueue(t, path, FileQueueOptions{})
	if got := drain(t, q); !slices.Equal(got, []string{"id-1", "id-3"}) {
		t.Errorf("got %v", got)
	}
}

func TestFileQueueFullDiskWhileCompacting(t *testing.T) {
	path := filepath.Join(t.TempDir(), "q")
	fs := &faultyFiles{room: -1}
	q := openQueue(t, path, FileQueueOptions{files: fs, CompactBytes: 1000})
	appendTo(t, q, 1)
	for n := range 20 {
		id := appendTo(t, q, 100+n)
		fs.room = 40 // enough for a removal and for nothing else
		if err := q.Done(id, ocpp.Opt[int64]{}); err != nil {
			t.Fatalf("a failed compaction is no failure of the removal: %v", err)
		}
		fs.room = -1
	}
	if got := drain(t, q); !slices.Equal(got, []string{"id-1"}) {
		t.Errorf("got %v", got)
	}
}

func TestFileQueueStopsAfterAFailedSync(t *testing.T) {
	path := filepath.Join(t.TempDir(), "q")
	fs := &faultyFiles{room: -1}
	q := openQueue(t, path, FileQueueOptions{files: fs})
	appendTo(t, q, 1)
	fs.syncErr = syscall.EIO
	if _, err := q.Append(testEntry(2)); !errors.Is(err, syscall.EIO) {
		t.Fatalf("got %v, want EIO", err)
	}
	fs.syncErr = nil // a later fsync would say that all is well, and be wrong
	if _, err := q.Append(testEntry(3)); !errors.Is(err, syscall.EIO) {
		t.Errorf("got %v, want EIO again", err)
	}
	if err := q.Close(); err != nil {
		t.Fatal(err)
	}
	q = openQueue(t, path, FileQueueOptions{})
	if got := drain(t, q); !slices.Equal(got, []string{"id-1"}) {
		t.Errorf("got %v", got)
	}
}

func TestR50FileQueueAcknowledgesAfterFsync(t *testing.T) {
	fs := &faultyFiles{room: -1, fast: true}
	q := openQueue(t, filepath.Join(t.TempDir(), "q"), FileQueueOptions{files: fs})
	for n := range 3 {
		appendTo(t, q, n)
		if fs.synced != q.size || fs.synced == 0 {
			t.Errorf("acknowledged %d bytes of which %d are synced", q.size, fs.synced)
		}
	}
}
