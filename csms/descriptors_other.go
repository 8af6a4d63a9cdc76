//go:build !unix

package csms

// descriptors returns how many descriptors the process may have, and false when that is not known.
func descriptors() (uint64, bool) { return 0, false }
