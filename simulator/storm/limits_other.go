//go:build !unix

package storm

func checkDescriptors(int) error { return nil }
