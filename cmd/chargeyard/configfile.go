package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"

	"github.com/alecthomas/kong"
)

// BeforeResolve reads the file of --config or CHARGEYARD_CONFIG and adds it as the source of every setting that
// neither the command line nor the environment names. Kong calls it before it looks for missing values.
func (c *cli) BeforeResolve(ctx *kong.Context) error {
	path := configPath(ctx)
	if path == "" {
		return nil
	}
	settings, err := readConfig(path)
	if err != nil {
		return err
	}
	if err := settings.Validate(ctx.Model); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	ctx.AddResolver(settings)
	return nil
}

// configPath returns the value of --config, which kong has not stored yet.
func configPath(ctx *kong.Context) string {
	for _, f := range ctx.Flags() {
		if f.Name == "config" {
			path, _ := ctx.FlagValue(f).(string)
			return path
		}
	}
	return ""
}

// fileSettings is the content of a configuration file: flag names without dashes in front, and their values.
type fileSettings map[string]any

func readConfig(path string) (fileSettings, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read the configuration: %w", err)
	}
	var s fileSettings
	if err := json.Unmarshal(data, &s); err != nil {
		return nil, fmt.Errorf("%s is not a JSON object with settings: %w", path, err)
	}
	return s, nil
}

// Validate refuses a key that is no flag of any command: most likely a typing error, and silence would hide it.
func (s fileSettings) Validate(app *kong.Application) error {
	known := map[string]bool{}
	addFlags(app.Node, known)
	var errs []error
	for _, key := range slices.Sorted(maps.Keys(s)) {
		if !known[key] {
			errs = append(errs, fmt.Errorf("there is no setting %q", key))
		}
	}
	return errors.Join(errs...)
}

func addFlags(n *kong.Node, known map[string]bool) {
	for _, f := range n.Flags {
		if f.Name != "help" && f.Name != "config" {
			known[f.Name] = true
		}
	}
	for _, child := range n.Children {
		addFlags(child, known)
	}
}

// Resolve gives a flag its value, unless a variable has: kong itself would prefer the file.
func (s fileSettings) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, name := range flag.Envs {
		if _, set := os.LookupEnv(name); set {
			return nil, nil
		}
	}
	return s[flag.Name], nil
}
