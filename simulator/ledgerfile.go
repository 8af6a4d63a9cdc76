package simulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// WriteTo writes the ledger as JSON, a line for each station.
func (l *Ledger) WriteTo(w io.Writer) (int64, error) {
	head := *l
	head.Stations = nil
	text, err := json.Marshal(head)
	if err != nil {
		return 0, fmt.Errorf("simulator: the ledger: %w", err)
	}
	var b bytes.Buffer
	b.Write(bytes.TrimSuffix(text, []byte(`null}`)))
	b.WriteByte('[')
	for i, s := range l.Stations {
		line, err := json.Marshal(s)
		if err != nil {
			return 0, fmt.Errorf("simulator: the ledger of %s: %w", s.ID, err)
		}
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
		b.Write(line)
	}
	b.WriteString("\n]}\n")
	return b.WriteTo(w)
}

// WriteFile writes the ledger to a file: whole or, when that fails, not at all.
func (l *Ledger) WriteFile(name string) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".ledger-*")
	if err != nil {
		return fmt.Errorf("simulator: writing the ledger: %w", err)
	}
	_, err = l.WriteTo(f)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("simulator: writing the ledger: %w", err), os.Remove(f.Name()))
	}
	return nil
}

// ReadLedger reads what WriteTo wrote. Another form, an unknown key and anything behind the ledger is an error.
func ReadLedger(r io.Reader) (*Ledger, error) {
	d := json.NewDecoder(r)
	d.DisallowUnknownFields()
	l := new(Ledger)
	if err := d.Decode(l); err != nil {
		return nil, fmt.Errorf("simulator: this is no ledger: %w", err)
	}
	if l.Format != LedgerFormat {
		return nil, fmt.Errorf("simulator: the ledger has format %d; this program reads %d", l.Format, LedgerFormat)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("simulator: there is something behind the ledger")
	}
	return l, nil
}

// ReadLedgerFile is ReadLedger for a file.
func ReadLedgerFile(name string) (*Ledger, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("simulator: %w", err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	l, err := ReadLedger(f)
	if err != nil {
		return nil, fmt.Errorf("%w (%s)", err, name)
	}
	return l, nil
}
