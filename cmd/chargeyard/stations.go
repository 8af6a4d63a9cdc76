package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/chargeyard/chargeyard/internal/apiclient"
)

type stationsCmd struct {
	List   stationsListCmd   `cmd:"" default:"withargs" help:"List stations; the same as \"chargeyard stations\"."`
	Show   stationsShowCmd   `cmd:"" help:"Show one station with its EVSEs and connectors."`
	Add    stationsAddCmd    `cmd:"" help:"Create a station and print its key, once."`
	Key    stationsKeyCmd    `cmd:"" help:"Make a new key for a station and print it, once, to enter it there."`
	Rotate stationsRotateCmd `cmd:"" help:"Have connected stations change their keys."`
	Boot   stationsBootCmd   `cmd:"" help:"Say how the boots of a station are answered."`
	Tariff stationsTariffCmd `cmd:"" help:"Give a station a tariff, or take it away."`
	Tag    stationsTagCmd    `cmd:"" help:"Give a station tags, to select it by."`
	Untag  stationsUntagCmd  `cmd:"" help:"Take tags from a station."`
	Delete stationsDeleteCmd `cmd:"" help:"Delete a station: it is unknown from now on and its connection is closed."`
}

// Help explains more than the one line.
func (stationsCmd) Help() string {
	return `Without a word more it lists the stations.

    chargeyard stations --online --version 1.6
    chargeyard stations show CP-001
    chargeyard stations add CP-001 --profile 2`
}

// stationView is what the tables show of a station of the API.
type stationView struct {
	ID              string     `json:"id"`
	Known           bool       `json:"known"`
	SecurityProfile int        `json:"securityProfile"`
	Version         *string    `json:"version"`
	Online          bool       `json:"online"`
	Address         *string    `json:"address"`
	ConnectedAt     *time.Time `json:"connectedAt"`
	DisconnectedAt  *time.Time `json:"disconnectedAt"`
	LastMessageAt   *time.Time `json:"lastMessageAt"`
	Vendor          *string    `json:"vendor"`
	Model           *string    `json:"model"`
	SerialNumber    *string    `json:"serialNumber"`
	FirmwareVersion *string    `json:"firmwareVersion"`
	ICCID           *string    `json:"iccid"`
	IMSI            *string    `json:"imsi"`
	BootStatus      *string    `json:"bootStatus"`
	BootReason      *string    `json:"bootReason"`
	BootedAt        *time.Time `json:"bootedAt"`
	CreatedAt       *time.Time `json:"createdAt"`
	EVSEs           []evseView `json:"evses"`
	Tags            []string   `json:"tags"`
}

type evseView struct {
	ID         int             `json:"id"`
	Connectors []connectorView `json:"connectors"`
}

type connectorView struct {
	ID          int        `json:"id"`
	Status      *string    `json:"status"`
	Since       *time.Time `json:"since"`
	ErrorCode   *string    `json:"errorCode"`
	Info        *string    `json:"info"`
	LastError   *string    `json:"lastError"`
	LastErrorAt *time.Time `json:"lastErrorAt"`
}

type stationsListCmd struct {
	apiFlags `embed:""`

	Online   bool   `env:"-" xor:"connected" help:"Only those that are connected."`
	Offline  bool   `env:"-" xor:"connected" help:"Only those that are not."`
	Version  string `env:"-" enum:",1.6,2.0.1,2.1" default:"" placeholder:"VERSION" help:"Only those whose latest connection spoke this version of OCPP."`
	Vendor   string `env:"-" placeholder:"NAME" help:"Only those of this vendor, in any case."`
	Model    string `env:"-" placeholder:"NAME" help:"Only those of this model, in any case."`
	Firmware string `env:"-" placeholder:"VERSION" help:"Only those with this firmware, in any case."`
	Tag      string `env:"-" placeholder:"TAG" help:"Only those with this tag."`
	Boot     string `env:"-" enum:",accepted,pending,rejected" default:"" placeholder:"STATUS" help:"Only those whose latest boot was answered with accepted, pending or rejected."`
	Find     string `env:"-" placeholder:"TEXT" help:"Only those with this text in their id, vendor, model, serial number or firmware; A and a are one."`
	Limit    int    `env:"-" placeholder:"N" help:"The first N of them. Default: all."`
}

// Help explains more than the one line.
func (stationsListCmd) Help() string {
	return `CONNECTORS counts what the connectors last said of themselves.

    chargeyard stations --online --version 2.0.1
    chargeyard stations --boot pending
    chargeyard stations --find acme --output json`
}

// Run lists stations.
func (c *stationsListCmd) Run(ctx context.Context, s streams) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	list := first(client.Items(ctx, "/stations", c.query()), c.Limit)
	if c.json() {
		return writeArray(s.out, list)
	}
	return c.table(s, list)
}

func (c *stationsListCmd) query() url.Values {
	q := filled(map[string]string{"version": c.Version, "vendor": c.Vendor, "model": c.Model, "firmware": c.Firmware, "tag": c.Tag, "find": c.Find})
	if c.Online || c.Offline {
		q.Set("online", strconv.FormatBool(c.Online))
	}
	if c.Boot != "" {
		q.Set("bootStatus", strings.ToUpper(c.Boot[:1])+c.Boot[1:])
	}
	if c.Limit > 0 && c.Limit < apiclient.MaxPage {
		q.Set("limit", strconv.Itoa(c.Limit))
	}
	return q
}

func (c *stationsListCmd) table(s streams, list items) error {
	t := newTable(s.out, column{title: "STATION"}, column{title: "ONLINE"}, column{title: "OCPP", drop: 2}, column{title: "VENDOR / MODEL", drop: 3},
		column{title: "FIRMWARE", drop: 4}, column{title: "CONNECTORS", drop: 1}, column{title: "LAST MESSAGE", drop: 5})
	for st, err := range decoded[stationView](list) {
		if err != nil {
			return err
		}
		t.row(st.ID, st.online(), or(st.Version), st.product(), or(st.FirmwareVersion), st.connectors(), ago(st.LastMessageAt, time.Now()))
	}
	return t.end(nothing("station", c.query()))
}

func (st *stationView) online() string {
	if st.Online {
		return "yes"
	}
	return "no"
}

func (st *stationView) product() string {
	return strings.TrimSpace(strings.Trim(or(st.Vendor)+" / "+or(st.Model), none+" /"))
}

// connectors counts the statuses, in the order in which they come.
func (st *stationView) connectors() string {
	var names []string
	counts := map[string]int{}
	for _, evse := range st.EVSEs {
		for _, conn := range evse.Connectors {
			status := or(conn.Status)
			if evse.ID == 0 || status == none {
				continue // of the station itself
			}
			if counts[status] == 0 {
				names = append(names, status)
			}
			counts[status]++
		}
	}
	for i, name := range names {
		names[i] = fmt.Sprintf("%d %s", counts[name], name)
	}
	if names == nil {
		return none
	}
	return strings.Join(names, ", ")
}

type stationsShowCmd struct {
	apiFlags `embed:""`

	ID string `arg:"" help:"Identity of the station."`
}

// Run shows a station.
func (c *stationsShowCmd) Run(ctx context.Context, s streams) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	body, err := client.Get(ctx, apiclient.Path("stations", c.ID), nil)
	if err != nil {
		return err
	}
	if c.json() {
		return writeJSON(s.out, body)
	}
	var st stationView
	if err := json.Unmarshal(body, &st); err != nil {
		return err
	}
	shown := st.facts(time.Now())
	if st.Known {
		var key credentialView
		if body, err = client.Get(ctx, apiclient.Path("stations", c.ID, "credential"), nil); err == nil {
			err = json.Unmarshal(body, &key)
		}
		if err != nil {
			return err
		}
		shown.add("key", key.words(time.Now()))
	}
	if err := shown.write(s.out); err != nil {
		return err
	}
	return st.places(s)
}

func (st *stationView) facts(now time.Time) facts {
	var f facts
	f.add("station", st.ID)
	connected := "no, never"
	switch {
	case st.Online:
		connected = "yes, since " + moment(st.ConnectedAt, now)
	case st.DisconnectedAt != nil:
		connected = "no, since " + moment(st.DisconnectedAt, now)
	}
	f.add("connected", connected)
	f.add("OCPP", or(st.Version))
	f.add("address", or(st.Address))
	f.add("last message", moment(st.LastMessageAt, now))
	f.add("vendor / model", st.product())
	f.add("serial number", or(st.SerialNumber))
	f.add("firmware", or(st.FirmwareVersion))
	f.add("ICCID", or(st.ICCID))
	f.add("IMSI", or(st.IMSI))
	boot := or(st.BootStatus)
	if st.BootReason != nil {
		boot += " (" + *st.BootReason + ")"
	}
	if st.BootedAt != nil {
		boot += ", " + moment(st.BootedAt, now)
	}
	f.add("boot", boot)
	profile := fmt.Sprintf("%d at least", st.SecurityProfile)
	if !st.Known {
		profile = "none: it was not created here, and the server was open to all"
	}
	f.add("security profile", profile)
	f.add("tags", cmp.Or(strings.Join(st.Tags, ", "), none))
	f.add("created", moment(st.CreatedAt, now))
	return f
}

// places shows the connectors.
func (st *stationView) places(s streams) error {
	if len(st.EVSEs) == 0 {
		return nil
	}
	if _, err := fmt.Fprintln(s.out); err != nil {
		return err
	}
	t := newTable(s.out, column{title: "EVSE", right: true}, column{title: "CONNECTOR", right: true}, column{title: "STATUS"}, column{title: "SINCE", drop: 1},
		column{title: "ERROR", drop: 2}, column{title: "LATEST ERROR", drop: 3})
	for _, evse := range st.EVSEs {
		for _, conn := range evse.Connectors {
			t.row(fmt.Sprint(evse.ID), fmt.Sprint(conn.ID), or(conn.Status), ago(conn.Since, time.Now()), or(conn.ErrorCode), conn.latest())
		}
	}
	return t.end("It has reported no connector.")
}

func (c *connectorView) latest() string {
	if c.LastError == nil {
		return none
	}
	return *c.LastError + ", " + ago(c.LastErrorAt, time.Now())
}

type stationsAddCmd struct {
	apiFlags `embed:""`

	ID      string `arg:"" help:"Identity of the station, as in its connection URL."`
	Profile int    `env:"-" zero:"" default:"1" placeholder:"N" help:"The lowest security profile that it may connect with. 0: nothing is asked of it. 1: key. 2: key over TLS. 3: TLS with a certificate whose common name is the identity. Default 1."`
}

// Help explains more than the one line.
func (stationsAddCmd) Help() string {
	return `The key is printed once and kept as a hash only. In OCPP 1.6 it is the value of AuthorizationKey, in 2.x of
BasicAuthPassword. On standard output is the key alone:

    KEY=$(chargeyard stations add CP-001)`
}

// Run creates a station. The key goes to standard output, all that is said about it to standard error.
func (c *stationsAddCmd) Run(ctx context.Context, s streams) error {
	body, err := c.send(ctx, http.MethodPost, "/stations", map[string]any{"id": c.ID, "securityProfile": c.Profile})
	if err != nil {
		return err
	}
	if c.json() {
		return writeJSON(s.out, body)
	}
	var made struct{ Credential *stationKey }
	if err := json.Unmarshal(body, &made); err != nil {
		return err
	}
	if made.Credential == nil {
		_, err := fmt.Fprintf(s.err, "The station %s was created. It has no key: security profile %d needs none.\n", printable(c.ID), c.Profile)
		return err
	}
	return made.Credential.write(s, "was created")
}

// stationKey is a key that is shown once.
type stationKey struct{ ID, Key string }

func (k stationKey) write(s streams, what string) error {
	if _, err := fmt.Fprintf(s.err, "The station %s %s. Its key is shown this once:\n", printable(k.ID), what); err != nil {
		return err
	}
	_, err := fmt.Fprintln(s.out, k.Key)
	return err
}

type stationsKeyCmd struct {
	apiFlags `embed:""`

	ID string `arg:"" help:"Identity of the station."`
}

// Help explains more than the one line.
func (stationsKeyCmd) Help() string {
	return `The old key stops working at once, and a connection that was made with it is closed.`
}

// Run makes a key.
func (c *stationsKeyCmd) Run(ctx context.Context, s streams) error {
	body, err := c.send(ctx, http.MethodPost, apiclient.Path("stations", c.ID, "key"), nil)
	if err != nil {
		return err
	}
	if c.json() {
		return writeJSON(s.out, body)
	}
	var key stationKey
	if err := json.Unmarshal(body, &key); err != nil {
		return err
	}
	return key.write(s, "has a new key")
}

type stationsDeleteCmd struct {
	apiFlags `embed:""`

	ID string `arg:"" help:"Identity of the station."`
}

// Run deletes a station.
func (c *stationsDeleteCmd) Run(ctx context.Context, s streams) error {
	if _, err := c.send(ctx, http.MethodDelete, apiclient.Path("stations", c.ID), nil); err != nil {
		return err
	}
	_, err := fmt.Fprintf(s.err, "The station %s was deleted.\n", printable(c.ID))
	return err
}

// send sends one request.
func (f apiFlags) send(ctx context.Context, method, path string, body any) (json.RawMessage, error) {
	client, err := f.client()
	if err != nil {
		return nil, err
	}
	return client.Send(ctx, method, path, body)
}
