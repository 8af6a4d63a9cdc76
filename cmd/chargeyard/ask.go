package main

import (
	"context"
	"errors"
	"time"
)

// askFlags say which stations are asked, and how.
type askFlags struct {
	apiFlags `embed:""`

	Timeout time.Duration `env:"-" default:"30s" placeholder:"TIME" help:"How long to wait for the answer, 60s at most. Default 30s."`
	Expect  string        `env:"-" placeholder:"STATUS" help:"Fail with exit code 11 unless the answer has this status, such as Accepted."`

	All      bool     `env:"-" help:"Ask all stations." group:"Many stations"`
	Online   bool     `env:"-" help:"Ask those that are connected." group:"Many stations"`
	Version  string   `env:"-" enum:",1.6,2.0.1,2.1" default:"" placeholder:"VERSION" help:"Ask those that are connected and speak this version of OCPP." group:"Many stations"`
	Stations []string `name:"select" env:"-" placeholder:"ID,ID" help:"Ask these." group:"Many stations"`
	Vendor   string   `env:"-" placeholder:"NAME" help:"Ask those of this vendor. The request is kept." group:"Many stations"`
	Model    string   `env:"-" placeholder:"NAME" help:"Ask those of this model. The request is kept." group:"Many stations"`
	Firmware string   `env:"-" placeholder:"VERSION" help:"Ask those with this firmware. The request is kept." group:"Many stations"`
	Tag      string   `env:"-" placeholder:"TAG" help:"Ask those with this tag. The request is kept." group:"Many stations"`
	AtOnce   int      `env:"-" default:"2000" placeholder:"N" help:"How many are asked at once at most, when the request is not kept. Default 2000." group:"Many stations"`

	keptFlags   `embed:""`
	Pace        float64                  `env:"-" placeholder:"N" help:"Have the request to many stations kept, and ask N stations in a second at most." group:"Kept by the server"`
	Concurrency int                      `env:"-" placeholder:"N" help:"Have the request to many stations kept, and have N of them under way at most. Default 200." group:"Kept by the server"`
	refuses     func(status string) bool // whether an answer of many is a no; nil: none is
}

// selecting names the flags that select stations.
const selecting = "--select, --all, --online, --version, --vendor, --model, --firmware or --tag"

// many reports whether stations are selected by flags.
func (c *askFlags) many() bool { return len(c.Stations) > 0 || c.narrowed() }

// narrowed reports whether stations are selected by what they have in common.
func (c *askFlags) narrowed() bool {
	return c.All || c.Online || c.Version != "" || c.properties()
}

// properties reports whether stations are selected by what only a request that is kept selects by.
func (c *askFlags) properties() bool {
	return c.Vendor != "" || c.Model != "" || c.Firmware != "" || c.Tag != ""
}

// check refuses flags that do not go together.
func (c *askFlags) check() error {
	switch {
	case c.Timeout < 0:
		return errors.New("--timeout takes a duration above zero, such as 30s")
	case len(c.Stations) > 0 && c.narrowed():
		return errors.New("--select names stations; it does not go with --all, --online, --version, --vendor, --model, --firmware or --tag")
	case !c.many() && (c.Pace > 0 || c.Concurrency > 0):
		return errors.New("--pace and --concurrency are for many stations")
	}
	return nil
}

// askMany sends the request to the stations that are selected, or has it kept for them.
func (c *askFlags) askMany(ctx context.Context, s streams, request map[string]any) error {
	if c.kept() || c.properties() || c.Pace > 0 || c.Concurrency > 0 {
		return c.keptBulk(ctx, s, request)
	}
	return c.bulk(ctx, s, request)
}
