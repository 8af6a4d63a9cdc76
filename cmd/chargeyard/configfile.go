package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"

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
	ctx.AddResolver(configFile{path, settings})
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

// fileSettings is the content of a configuration file: keys, see keyOf, and their values.
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
		if key := keyOf(f); key != "" && f.Name != "config" {
			known[key] = true
		}
	}
	for _, child := range n.Children {
		addFlags(child, known)
	}
}

// keyOf is what a flag is called in the file: like its variable, which is like the flag but for those that commands have
// with different meanings. "" for a flag without a variable.
func keyOf(f *kong.Flag) string {
	if len(f.Envs) == 0 {
		return ""
	}
	name := strings.TrimPrefix(f.Envs[0], "CHARGEYARD_")
	return strings.ReplaceAll(strings.ToLower(name), "_", "-")
}

// configFile resolves flags from a configuration file.
type configFile struct {
	path string
	fileSettings
}

// Resolve gives a flag its value, unless a variable has: kong itself would prefer the file. A value that does not fit is
// refused here, where the file can be named.
func (c configFile) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, name := range flag.Envs {
		if _, set := os.LookupEnv(name); set {
			return nil, nil
		}
	}
	key := keyOf(flag)
	value, found := c.fileSettings[key]
	if !found {
		return nil, nil
	}
	if err := fits(flag, value); err != nil {
		return nil, fmt.Errorf("%q in %s: %w", key, c.path, err)
	}
	return value, nil
}

// fits tries a value out.
func fits(flag *kong.Flag, value any) error {
	if n, ok := value.(float64); ok && flag.Target.Type() == reflect.TypeFor[time.Duration]() {
		return fmt.Errorf("a time needs a unit: write \"%vs\" for seconds", n)
	}
	if text, ok := value.(string); ok && flag.Enum != "" && !flag.EnumMap()[text] {
		return fmt.Errorf("must be one of %q but is %q", flag.EnumSlice(), text)
	}
	scan := kong.Scan().PushTyped(value, kong.FlagValueToken)
	return flag.Mapper.Decode(&kong.DecodeContext{Value: flag.Value, Scan: scan}, reflect.New(flag.Target.Type()).Elem())
}
