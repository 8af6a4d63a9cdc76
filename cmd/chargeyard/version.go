package main

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
)

type versionCmd struct{}

// Run prints the version, and what it was built with and from.
func (versionCmd) Run(s streams) error { return writeVersion(s.out) }

func writeVersion(w io.Writer) error {
	v, rev := buildVersion()
	_, err := fmt.Fprintf(w, "chargeyard %s%s\nOCPP 1.6, 2.0.1, 2.1; %s %s/%s\n", v, rev, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

// buildVersion reads what the Go tool wrote into the binary: the module version, "(devel)" for a plain build, and
// the commit when there is one.
func buildVersion() (version, revision string) {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(unknown)", ""
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			revision = " (commit " + s.Value[:min(12, len(s.Value))] + ")"
		}
	}
	return info.Main.Version, revision
}
