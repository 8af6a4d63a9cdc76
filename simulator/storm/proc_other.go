//go:build !linux

package storm

func processUsage(int) Process { return Process{} }

func descriptorsOf(int) int { return 0 }
