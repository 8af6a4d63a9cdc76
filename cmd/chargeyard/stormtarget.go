package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/chargeyard/chargeyard/internal/stormserver"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/simulator/storm"
)

// stormTarget is the CSMS of a storm.
type stormTarget struct{ child *stormChild } // nil when it is somebody else's

// target completes the options with what belongs to the CSMS, and starts one when none was named.
func (c *stormCmd) target(ctx context.Context, o *storm.Options) (*stormTarget, error) {
	if c.URL != "" {
		return &stormTarget{}, c.foreign(o)
	}
	authority, err := c.authority()
	if err != nil {
		return nil, err
	}
	profile := c.profile()
	t := &stormTarget{}
	if t.child, err = startStormChild(ctx, c.Bare, profile > 0 && !c.Bare, authority); err != nil {
		return nil, err
	}
	if err := t.fill(ctx, o, profile, authority); err != nil {
		return nil, errors.Join(err, t.close())
	}
	if c.Call == "off" {
		o.Call = nil
	}
	return t, nil
}

func (c *stormCmd) profile() int {
	switch {
	case c.Profile >= 0:
		return c.Profile
	case c.Variant == "tls-restart":
		return 2
	}
	return 0
}

// authority is needed with TLS only.
func (c *stormCmd) authority() (*stormserver.Authority, error) {
	if c.profile() < 2 {
		return nil, nil
	}
	return stormserver.NewAuthority()
}

// foreign completes the options for a CSMS that was named.
func (c *stormCmd) foreign(o *storm.Options) error {
	o.URL, o.ServerPID = c.URL, c.ServerPID
	if c.Password != "" {
		o.Password = func(string) string { return c.Password }
	}
	if c.CA != "" {
		roots, err := rootsWith(c.CA)
		if err != nil {
			return err
		}
		o.TLS = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	}
	if c.ClientCA != "" {
		authority, err := stormserver.LoadAuthority(c.ClientCA, c.ClientKey)
		if err != nil {
			return err
		}
		o.ClientCert = authority.Client
	}
	if c.API != "" && c.Call != "off" {
		o.Call = storm.APICall(c.API, c.APIToken)
	}
	if c.Pprof != "" {
		o.Probe = storm.GoroutineProbe(c.Pprof)
	}
	return nil
}

// fill completes the options for the server that was started.
func (t *stormTarget) fill(ctx context.Context, o *storm.Options, profile int, authority *stormserver.Authority) error {
	o.URL, o.ServerPID, o.Probe = t.child.Stations, t.child.cmd.Process.Pid, storm.ControlProbe(t.child.Control)
	o.Call = storm.ControlCall(t.child.Control)
	if t.child.API != "" {
		o.Call = storm.APICall(t.child.API, t.child.token)
	}
	if len(o.Sources) == 0 {
		o.Sources, _ = parseSources("127.0.0.1-8") // it can be parsed
	}
	if authority != nil {
		o.TLS = &tls.Config{RootCAs: authority.Pool(), MinVersion: tls.VersionTLS12}
	}
	if profile == 3 {
		o.ClientCert = authority.Client
	}
	if profile == 0 {
		return nil
	}
	keys, err := t.create(ctx, *o, profile)
	if err == nil && profile < 3 {
		o.Password = func(identity string) string { return keys[identity] }
	}
	return err
}

// create makes the stations known to the server and returns their passwords. A bare server takes any.
func (t *stormTarget) create(ctx context.Context, o storm.Options, profile int) (map[string]string, error) {
	identities := o.Identities()
	keys := make(map[string]string, len(identities))
	if t.child.API == "" {
		for _, id := range identities {
			keys[id] = "a password of twenty"
		}
		return keys, nil
	}
	made := make([]string, len(identities))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(32)
	for i, id := range identities {
		group.Go(func() (err error) {
			made[i], err = t.createOne(ctx, id, profile, o.Version)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	for i, id := range identities {
		keys[id] = made[i]
	}
	return keys, nil
}

func (t *stormTarget) createOne(ctx context.Context, id string, profile int, version ocpp.Version) (string, error) {
	body, err := json.Marshal(map[string]any{"id": id, "securityProfile": profile})
	if err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, t.child.API+"/stations", bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+t.child.token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close() //nolint:errcheck // it was only read
	if resp.StatusCode != http.StatusCreated {
		return "", fmt.Errorf("the server did not create the station %s: %s", id, resp.Status)
	}
	var created struct {
		Credential struct{ Key, Password string }
	}
	if err := json.NewDecoder(resp.Body).Decode(&created); err != nil {
		return "", err
	}
	if version != ocpp.V16 {
		return created.Credential.Password, nil
	}
	key, err := hex.DecodeString(created.Credential.Key) // 1.6 sends the bytes that the digits stand for
	return string(key), err
}

// logInto adds what the server has logged to the result. An error in the log is a problem.
func (t *stormTarget) logInto(res *storm.Result) error {
	if t.child == nil {
		return nil
	}
	counts, err := t.child.logged()
	res.Log = counts
	for text, n := range counts {
		if strings.HasPrefix(text, "ERROR") {
			res.Problems = append(res.Problems, fmt.Sprintf("the server logged %d times: %s", n, text))
		}
	}
	return err
}

func (t *stormTarget) close() error {
	if t.child == nil {
		return nil
	}
	return t.child.stop()
}
