package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/chargeyard/chargeyard/internal/decode"
	"github.com/chargeyard/chargeyard/ocpp"
)

type decodeCmd struct {
	File string `arg:"" optional:"" default:"-" help:"File with frames; - is standard input. Default -."`

	Version  string `env:"-" enum:",1.6,2.0.1,2.1" default:"" placeholder:"VERSION" help:"The version of OCPP that the frames must fit. Default: all are tried, and those that fit are told."`
	Problems bool   `short:"p" env:"-" help:"Leave out the frames in which nothing is wrong."`
	Strict   bool   `env:"-" help:"Warnings count as errors in the exit code."`
	Quiet    bool   `short:"q" env:"-" help:"Print nothing: the exit code says it."`
	Output   string `short:"o" enum:"table,json" default:"table" placeholder:"table|json" help:"table: for people. json: one array with an object for each frame. Default table."`
}

// Help explains more than the one line.
func (decodeCmd) Help() string {
	return `The input may be frames one after the other, however they are spread over lines, or a log: what stands around a frame
is skipped, and a frame in a quoted string is found, too. An answer is checked against the schema of what it answers, if
the CALL of the same message id comes before it.

    chargeyard decode session.log
    echo '[2,"1","Heartbeat",{}]' | chargeyard decode
    journalctl -u csms | chargeyard decode --version 1.6 --problems
    chargeyard decode --output json frames.txt | jq '.[].findings'

An error is what a peer refuses, or what means something else than was meant. A warning breaks the specification, and
the server tolerates it from stations. A JSON pointer leads into the payload, or, where it says so, into the frame.

Exit code: 0 nothing is wrong. 1 something is, or there is no frame, or the input cannot be read. 2 the command line is wrong.`
}

// errWrong says by the exit code alone what was printed already.
var errWrong = errors.New("")

// Run judges frames.
func (c *decodeCmd) Run(s streams) error {
	in, err := c.open(s.in)
	if err != nil {
		return err
	}
	defer in.Close()                           //nolint:errcheck // it was only read
	version, _ := ocpp.ParseVersion(c.Version) // kong checked the enumeration; "" is none
	d := decode.New(in, decode.Options{Version: version})
	if err := c.reports(d, c.writer(s.out)); err != nil {
		return err
	}
	sum := d.Summary()
	if !c.Quiet && c.Output != "json" {
		if err := sum.WriteText(s.out); err != nil {
			return err
		}
	}
	if sum.Frames == 0 || sum.Wrong > 0 || c.Strict && sum.Odd > 0 {
		return errWrong
	}
	return nil
}

func (c *decodeCmd) open(stdin io.Reader) (io.ReadCloser, error) {
	if c.File == "-" {
		return io.NopCloser(stdin), nil
	}
	return os.Open(c.File)
}

// reportWriter writes reports; end comes behind the last.
type reportWriter struct {
	write func(*decode.Report) error
	end   func() error
}

func (c *decodeCmd) writer(w io.Writer) reportWriter {
	switch {
	case c.Quiet:
		return reportWriter{func(*decode.Report) error { return nil }, func() error { return nil }}
	case c.Output == "json":
		return arrayWriter(w)
	}
	return reportWriter{func(r *decode.Report) error { return r.WriteText(w) }, func() error { return nil }}
}

// arrayWriter writes one JSON array.
func arrayWriter(w io.Writer) reportWriter {
	separator := "["
	return reportWriter{
		write: func(r *decode.Report) error {
			b, err := json.Marshal(r)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(w, "%s\n%s", separator, b)
			separator = ","
			return err
		},
		end: func() error {
			if separator == "[" {
				_, err := fmt.Fprintln(w, "[]")
				return err
			}
			_, err := fmt.Fprintln(w, "\n]")
			return err
		},
	}
}

func (c *decodeCmd) reports(d *decode.Decoder, w reportWriter) error {
	for {
		r, err := d.Next()
		if errors.Is(err, io.EOF) {
			return w.end()
		}
		if err != nil {
			return fmt.Errorf("cannot read %s: %w", c.File, err)
		}
		if c.Problems && !r.Wrong() && !r.Odd() {
			continue
		}
		if err := w.write(&r); err != nil {
			return err
		}
	}
}
