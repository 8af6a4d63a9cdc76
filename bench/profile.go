package main

import (
	"errors"
	"path/filepath"
)

// profiled does something, and has the server write a CPU profile meanwhile, if profiles are wanted; otherwise it does
// nothing.
func (b *bench) profiled(c *child, name string, do func() error) error {
	if b.o.profiles == "" {
		return nil
	}
	file, err := filepath.Abs(filepath.Join(b.o.profiles, name+".prof"))
	if err != nil {
		return err
	}
	if err := c.ask(command{Op: "profile", File: file}, new(struct{})); err != nil {
		return err
	}
	return errors.Join(do(), c.ask(command{Op: "profile"}, new(struct{})))
}

// heap writes a heap profile of the csms server.
func (b *bench) heap(c *child, name string) error {
	if b.o.profiles == "" || c.kind != kindCSMS {
		return nil
	}
	file, err := filepath.Abs(filepath.Join(b.o.profiles, name+".prof"))
	if err != nil {
		return err
	}
	return c.ask(command{Op: "heap", File: file}, new(struct{}))
}
