// Command ocppgen generates the message packages ocpp16, ocpp201 and ocpp21, and the tables of package
// internal/msgdoc, from the JSON schemas of OCPP.
//
// The schemas are published by the Open Charge Alliance (openchargealliance.org) and are no part of this
// project. Put them in one folder with the subfolders 1.6, 1.6-security, 2.0.1 and 2.1.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/chargeyard/chargeyard/internal/ocppgen"
)

func main() {
	schemas := flag.String("schemas", os.Getenv("OCPP_SCHEMAS"), "folder of the schemas; default: the environment's OCPP_SCHEMAS")
	overlay := flag.String("overlay", "internal/ocppgen/overlay.txt", "file with what the project adds to the schemas")
	out := flag.String("out", ".", "root of the module to write to")
	flag.Parse()
	if err := run(*schemas, *overlay, *out); err != nil {
		fmt.Fprintln(os.Stderr, "ocppgen:", err)
		os.Exit(1)
	}
}

func run(schemas, overlay, out string) error {
	if schemas == "" {
		return errors.New("the OCPP JSON schemas are missing: download them from the Open Charge Alliance, " +
			"which publishes them (openchargealliance.org), and name their folder by -schemas or OCPP_SCHEMAS")
	}
	files, err := ocppgen.GenerateFrom(os.DirFS(schemas), overlay)
	if err != nil {
		return err
	}
	if err := ocppgen.RemoveGenerated(out); err != nil {
		return err
	}
	for name, data := range files {
		if err := write(filepath.Join(out, filepath.FromSlash(name)), data); err != nil {
			return err
		}
	}
	return nil
}

func write(file string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil { //nolint:gosec // source code is for everyone
		return err
	}
	return os.WriteFile(file, data, 0o644) //nolint:gosec // source code is for everyone
}
