package main

import "errors"

// stationFlags select the stations of something that goes to many.
type stationFlags struct {
	Select   []string `env:"-" placeholder:"ID,ID" help:"These stations." group:"Which stations"`
	All      bool     `env:"-" help:"All stations." group:"Which stations"`
	Version  string   `env:"-" enum:",1.6,2.0.1,2.1" default:"" placeholder:"VERSION" help:"Those that spoke this version of OCPP last." group:"Which stations"`
	Vendor   string   `env:"-" placeholder:"NAME" help:"Those of this vendor." group:"Which stations"`
	Model    string   `env:"-" placeholder:"NAME" help:"Those of this model." group:"Which stations"`
	Firmware string   `env:"-" placeholder:"VERSION" help:"Those with this firmware." group:"Which stations"`
	Tag      string   `env:"-" placeholder:"TAG" help:"Those with this tag." group:"Which stations"`
}

// filters are the flags that narrow, by their names in the API.
func (f *stationFlags) filters() map[string]string {
	return map[string]string{"version": f.Version, "vendor": f.Vendor, "model": f.Model, "firmware": f.Firmware, "tag": f.Tag}
}

// selection is what the API calls select.
func (f *stationFlags) selection() map[string]any {
	s := map[string]any{}
	for name, values := range filled(f.filters()) {
		s[name] = values[0]
	}
	if f.All {
		s["all"] = true
	}
	if len(f.Select) > 0 {
		s["stations"] = f.Select
	}
	return s
}

// any reports whether stations are selected at all.
func (f *stationFlags) any() bool { return len(f.selection()) > 0 }

// check demands one way of selecting.
func (f *stationFlags) check() error {
	ways := 0
	for _, given := range []bool{len(f.Select) > 0, f.All, len(filled(f.filters())) > 0} {
		if given {
			ways++
		}
	}
	switch ways {
	case 0:
		return errors.New("say which stations: --select, --all, or one or more of --version, --vendor, --model, --firmware and --tag")
	case 1:
		return nil
	}
	return errors.New("--select, --all and the flags that narrow (--version, --vendor, --model, --firmware, --tag) do not go together")
}
