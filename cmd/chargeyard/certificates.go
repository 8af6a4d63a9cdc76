package main

import (
	"context"
	"time"
)

type certificatesCmd struct {
	apiFlags `embed:""`

	Station string `env:"-" placeholder:"ID" help:"Only those of one station."`
	Use     string `env:"-" placeholder:"USE" help:"Only those for this use, in the word of OCPP, such as CSMSRootCertificate."`
	Serial  string `env:"-" placeholder:"HEX" help:"Only those with this serial number."`
	Limit   int    `env:"-" placeholder:"N" help:"The first N of them. Default: all."`
}

// Help explains more than the one line.
func (certificatesCmd) Help() string {
	return `As far as stations accepted them from here or listed them when they were asked:

    chargeyard do CP-001 install-certificate use=CSMSRootCertificate certificate="$(cat root.pem)"
    chargeyard do CP-001 list-certificates
    chargeyard certificates --station CP-001`
}

// installedView is what the table shows of an installed certificate of the API.
type installedView struct {
	Station      string     `json:"station"`
	Use          string     `json:"use"`
	SerialNumber *string    `json:"serialNumber"`
	Subject      *string    `json:"subject"`
	NotAfter     *time.Time `json:"notAfter"`
	InstalledAt  *time.Time `json:"installedAt"`
	ListedAt     *time.Time `json:"listedAt"`
}

// Run lists installed certificates.
func (c *certificatesCmd) Run(ctx context.Context, s streams) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	query := filled(map[string]string{"station": c.Station, "use": c.Use, "serial": c.Serial})
	list := first(client.Items(ctx, "/certificates", query), c.Limit)
	if c.json() {
		return writeArray(s.out, list)
	}
	t := newTable(s.out, column{title: "STATION"}, column{title: "USE"}, column{title: "SERIAL NUMBER", drop: 2}, column{title: "SUBJECT", drop: 1},
		column{title: "UNTIL", drop: 3}, column{title: "INSTALLED", drop: 4}, column{title: "LISTED", drop: 5})
	for v, err := range decoded[installedView](list) {
		if err != nil {
			return err
		}
		until := none
		if v.NotAfter != nil {
			until = v.NotAfter.Local().Format("2006-01-02")
		}
		now := time.Now()
		t.row(v.Station, v.Use, or(v.SerialNumber), or(v.Subject), until, ago(v.InstalledAt, now), ago(v.ListedAt, now))
	}
	return t.end(nothing("installed certificate", query))
}
