package main

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// kindServe is the whole product: `chargeyard serve` with its store on disk, whose cost is reported beside the others'.
const kindServe = "serve"

// product is the program chargeyard and where its servers keep their data.
type product struct{ dir, exe string }

// buildProduct builds chargeyard from the module that this one is compiled against.
func buildProduct() (*product, error) {
	dir, err := os.MkdirTemp("", "chargeyard-bench-")
	if err != nil {
		return nil, err
	}
	p := &product{dir, filepath.Join(dir, "chargeyard")}
	build := exec.Command("go", "build", "-o", p.exe, "github.com/chargeyard/chargeyard/cmd/chargeyard")
	build.Stderr = os.Stderr
	// As a package of this module it would need this module to name what only the command needs.
	if build.Dir, err = sourceDir(); err == nil {
		err = build.Run()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("building chargeyard for the rows of serve: %w", err), p.remove())
	}
	return p, nil
}

func sourceDir() (string, error) {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/chargeyard/chargeyard").Output()
	return string(bytes.TrimSpace(dir)), err
}

func (p *product) remove() error { return os.RemoveAll(p.dir) }

// serve starts a server of the product, which is built when it is first needed.
func (b *bench) serve() (*child, error) {
	if b.product == nil {
		var err error
		if b.product, err = buildProduct(); err != nil {
			return nil, err
		}
	}
	data, err := os.MkdirTemp(b.product.dir, "data-")
	if err != nil {
		return nil, err
	}
	token := rand.Text()
	// The server of `chargeyard storm` is serve on free ports, and says which; it collects its garbage on demand.
	cmd := exec.Command(b.product.exe, "storm-server", "--data", data)
	cmd.Env = append(os.Environ(), "CHARGEYARD_API_TOKEN="+token)
	c := &child{kind: kindServe, cmd: cmd}
	var where struct{ Stations, API, Control string }
	if err := c.start(&where); err != nil {
		return nil, err
	}
	u, err := url.Parse(where.Stations)
	if err != nil {
		return nil, errors.Join(err, c.stop())
	}
	c.addr = u.Host
	c.served = &served{api: where.API, control: where.Control, token: token}
	return c, nil
}

// served asks a server of kindServe what the others are asked on standard input.
type served struct{ api, control, token string }

func (s *served) ask(cmd command, answer any) error {
	switch answer := answer.(type) {
	case *stats:
		return s.stats(answer)
	case *called:
		return s.callAll(answer)
	}
	return fmt.Errorf("serve does not know the command %q", cmd.Op)
}

func (s *served) stats(to *stats) error {
	var now struct{ Stations int }
	if err := s.exchange(http.MethodGet, s.api+"/debug/runtime", nil, &now); err != nil {
		return err
	}
	var inner struct { // after a collection that gave the memory back
		Goroutines int
		Heap       uint64 `json:"heap_bytes"`
	}
	err := s.exchange(http.MethodGet, s.control+"/inner?settle", nil, &inner)
	*to = stats{Stations: now.Stations, Goroutines: inner.Goroutines, Heap: inner.Heap}
	return err
}

// callAll goes through the API, as a program would.
func (s *served) callAll(to *called) error {
	start := time.Now()
	var counts struct{ Answered, Refused, Timeout, Offline, Invalid, Failed int }
	err := s.exchange(http.MethodPost, s.api+"/commands", map[string]any{
		"action": "ClearCache", "timeout": 30, "select": map[string]bool{"all": true, "online": true}, "concurrency": 10_000, "details": 1,
	}, &counts)
	*to = called{
		Answered: counts.Answered, Failed: counts.Refused + counts.Timeout + counts.Offline + counts.Invalid + counts.Failed,
		Seconds: time.Since(start).Seconds(), First: fmt.Sprintf("%+v", counts),
	}
	return err
}

func (s *served) exchange(method, url string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	req, err := http.NewRequest(method, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+s.token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close() //nolint:errcheck // it was only read
	content, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		return errors.Join(fmt.Errorf("%s %s: %s %s", method, url, resp.Status, content), err)
	}
	return json.Unmarshal(content, out)
}
