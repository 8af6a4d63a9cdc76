//go:build !unix

package httpapi

func cpuSeconds() *float64 { return nil }

func residentBytes() *int64 { return nil }
