package station

import (
	"errors"
	"io"
	"os"
	"path/filepath"
)

// queueFile is what a FileQueue does with its file.
type queueFile interface {
	io.ReaderAt
	io.WriterAt
	Sync() error
	Truncate(size int64) error
	Close() error
}

// queueFiles is the file system that a FileQueue uses.
type queueFiles interface {
	Open(path string, flag int) (queueFile, error)
	Rename(from, to string) error
	Remove(path string) error
	SyncDir(path string) error
}

// osFiles is the real file system. Queue files hold id tokens, so only the owner may read them.
type osFiles struct{}

func (osFiles) Open(path string, flag int) (queueFile, error) {
	f, err := os.OpenFile(path, flag, 0o600)
	if err != nil {
		return nil, err // not a typed nil
	}
	return f, nil
}

func (osFiles) Rename(from, to string) error { return os.Rename(from, to) }

func (osFiles) Remove(path string) error { return os.Remove(path) }

// SyncDir makes a created or renamed file durable. Where directories cannot be synced the file system gives that
// promise by itself, or nobody can.
func (osFiles) SyncDir(path string) error {
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	err = d.Sync()
	if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, os.ErrPermission) {
		err = nil
	}
	return errors.Join(err, d.Close())
}
