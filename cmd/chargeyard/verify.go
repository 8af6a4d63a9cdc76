package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/chargeyard/chargeyard/simulator"
)

type verifyCmd struct {
	Ledger string `arg:"" type:"existingfile" placeholder:"LEDGER" help:"File that simulate --ledger wrote."`
	apiAccess
	JSON bool `name:"json" help:"Print the comparison as JSON."`
}

// Help is what --help prints below the flags.
func (verifyCmd) Help() string {
	return `Reads every transaction of the ledger's stations from the API and names each difference: a transaction that is missing,
doubled or invented, another reading, time, token or reason, messages that are lost or too many. What the management
system had not acknowledged when the simulation ended may be there or not.

The exit status is 0 when both agree, and 1 otherwise.

  chargeyard simulate --url ws://localhost:8887/ocpp --stations 100 --duration 2m --ledger run.json
  chargeyard verify run.json`
}

// Run compares and prints.
func (c *verifyCmd) Run(ctx context.Context, s streams) error {
	l, err := simulator.ReadLedgerFile(c.Ledger)
	if err != nil {
		return err
	}
	return verify(ctx, s.out, l, c.apiAccess, c.JSON)
}

// maxShownDifferences bounds what is printed for people; the JSON form has all.
const maxShownDifferences = 50

// verify holds a ledger against the API. It fails when they differ.
func verify(ctx context.Context, out io.Writer, l *simulator.Ledger, api apiAccess, asJSON bool) error {
	seen, err := api.observed(ctx, l)
	if err != nil {
		return err
	}
	c := l.Compare(seen)
	if asJSON {
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		err = e.Encode(c)
	} else {
		err = showComparison(out, c)
	}
	if n := len(c.Differences); n > 0 {
		err = errors.Join(err, fmt.Errorf("the ledger and the management system differ in %d points", n))
	}
	return err
}

func showComparison(out io.Writer, c simulator.Comparison) error {
	w := tabwriter.NewWriter(out, 0, 0, 3, ' ', tabwriter.AlignRight)
	row := func(name string, ledger, csms any) { fmt.Fprintf(w, "%s\t%v\t%v\t\n", name, ledger, csms) }
	row("", "ledger", "management system")
	row("transactions", c.Ledger.Transactions, c.CSMS.Transactions)
	row("ended and complete", c.Ledger.Complete, c.CSMS.Complete)
	row("messages acknowledged", c.Ledger.Acked, c.CSMS.Acked)
	row("energy in Wh", c.Ledger.EnergyWh, c.CSMS.EnergyWh)
	row("differences", "", len(c.Differences))
	err := w.Flush()
	for i, d := range c.Differences {
		if i == maxShownDifferences {
			_, werr := fmt.Fprintf(out, "... and %d more\n", len(c.Differences)-i)
			return errors.Join(err, werr)
		}
		_, werr := fmt.Fprintln(out, d)
		err = errors.Join(err, werr)
	}
	return err
}
