package storm

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// ControlCall returns an Options.Call that asks a server which storm started itself; url is that of its control endpoint.
func ControlCall(url string) func(context.Context, Command) (Calls, error) {
	return func(ctx context.Context, c Command) (Calls, error) {
		var got Calls
		err := exchange(ctx, http.MethodPost, url+"/call", "", c, &got)
		return got, err
	}
}

// ControlProbe returns an Options.Probe likewise.
func ControlProbe(url string) func(context.Context, bool) (Inner, error) {
	return func(ctx context.Context, settle bool) (Inner, error) {
		var got Inner
		query := ""
		if settle {
			query = "?settle"
		}
		err := exchange(ctx, http.MethodGet, url+"/inner"+query, "", nil, &got)
		return got, err
	}
}

// GoroutineProbe returns an Options.Probe that counts the goroutines of a program with net/http/pprof; url ends in
// /debug/pprof. The server stops for as long as it takes to list them: it is asked only where the count is settled.
func GoroutineProbe(url string) func(context.Context, bool) (Inner, error) {
	last := Inner{}
	return func(ctx context.Context, settle bool) (Inner, error) {
		if !settle {
			return last, nil
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(url, "/")+"/goroutine?debug=1", nil)
		if err != nil {
			return Inner{}, err
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return Inner{}, err
		}
		defer resp.Body.Close() //nolint:errcheck // it was only read
		line, err := bufio.NewReader(resp.Body).ReadString('\n')
		if err != nil {
			return Inner{}, err
		}
		total, ok := strings.CutPrefix(strings.TrimSpace(line), "goroutine profile: total ")
		n, err := strconv.Atoi(total)
		if !ok || err != nil {
			return Inner{}, fmt.Errorf("storm: %s is no goroutine profile", url)
		}
		last = Inner{Goroutines: n}
		return last, nil
	}
}

// APICall returns an Options.Call that goes through the API of `chargeyard serve`: POST url/commands, where url ends in
// /api/v1.
func APICall(url, token string) func(context.Context, Command) (Calls, error) {
	// The server takes few requests of this kind at once: those to named stations wait for each other here.
	turns := map[bool]chan struct{}{false: make(chan struct{}, 1), true: make(chan struct{}, 2)}
	return repeated(func(ctx context.Context, c Command) (Calls, error) {
		if c.Stations != nil {
			turn := turns[c.Times > 1]
			if c.Times > 1 { // the next one is not to wait for a station that does not answer
				c.Timeout = min(c.Timeout, repeatedTimeout)
			}
			late := time.After(longestTurn)
			if c.Times > 1 {
				late = nil
			}
			select {
			case turn <- struct{}{}:
				defer func() { <-turn }()
			case <-late:
				return Calls{}, nil // left out: made up for later, it would be a load that nobody asked for then
			case <-ctx.Done():
				return Calls{}, ctx.Err()
			}
		}
		for {
			counts, err := bulk(ctx, strings.TrimSuffix(url, "/")+"/commands", token, c)
			if !errors.Is(err, errBusy) || ctx.Err() != nil {
				return counts, err
			}
			sleep(ctx, 100*time.Millisecond)
		}
	})
}

// longestTurn is how long a round of calls waits for the one before.
const longestTurn = 250 * time.Millisecond

// repeatedTimeout is how long an API is asked to wait for each of the calls of Command.Times.
const repeatedTimeout = 500 * time.Millisecond

// repeated makes the calls of Command.Times at once.
func repeated(once func(context.Context, Command) (Calls, error)) func(context.Context, Command) (Calls, error) {
	return func(ctx context.Context, c Command) (total Calls, failed error) {
		times := max(c.Times, 1)
		var mu sync.Mutex
		var all sync.WaitGroup
		for range times {
			all.Go(func() {
				counts, err := once(ctx, c)
				mu.Lock()
				defer mu.Unlock()
				total.add(counts)
				failed = errors.Join(failed, err)
			})
		}
		all.Wait()
		return total, failed
	}
}

// errBusy is the answer of a server that has as many requests of this kind as it takes.
var errBusy = errors.New("storm: 503 Service Unavailable")

type selection struct {
	Stations []string `json:"stations,omitempty"`
	All      bool     `json:"all,omitempty"`
	Online   bool     `json:"online,omitempty"`
}

func bulk(ctx context.Context, url, token string, c Command) (Calls, error) {
	request := struct {
		Action  string          `json:"action"`
		Payload json.RawMessage `json:"payload,omitempty"`
		Timeout float64         `json:"timeout"`
		Select  selection       `json:"select"`
		AtOnce  int             `json:"concurrency"`
		Details int             `json:"details"`
	}{c.Action, c.Payload, c.Timeout.Seconds(), selection{c.Stations, c.Stations == nil, c.Stations == nil}, 10_000, 1}
	var got struct {
		Sent, Answered, Refused, Timeout, Offline, Invalid, Failed int
	}
	if err := exchange(ctx, http.MethodPost, url, token, request, &got); err != nil {
		return Calls{}, err
	}
	n := Calls{Answered: got.Answered, Refused: got.Refused + got.Invalid, Timeout: got.Timeout, Offline: got.Offline, Failed: got.Failed}
	n.Ordered, n.Sent = n.Answered+n.Refused+n.Timeout+n.Offline+n.Failed, got.Sent
	return n, nil
}

// exchange sends and receives JSON.
func exchange(ctx context.Context, method, url, token string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close() //nolint:errcheck // it was only read
	if resp.StatusCode == http.StatusServiceUnavailable {
		return errBusy
	}
	if resp.StatusCode != http.StatusOK {
		text, err := io.ReadAll(io.LimitReader(resp.Body, 300))
		if err != nil {
			return err
		}
		return fmt.Errorf("%s answered %s: %s", url, resp.Status, text)
	}
	return json.NewDecoder(resp.Body).Decode(out)
}
