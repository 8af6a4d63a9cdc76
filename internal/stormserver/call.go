package stormserver

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/simulator/storm"
)

func (o Options) authenticate(ctx context.Context, identity string, c csms.Credential, _ *http.Request) (*csms.Admission, error) {
	return nil, o.Authenticate(ctx, identity, c)
}

// Call sends a request to stations, to all of them and as often as it says at once, and counts how it ended. It is storm.Options.Call.
func (b *Bare) Call(ctx context.Context, c storm.Command) (storm.Calls, error) {
	var total storm.Calls
	var stations []*csms.Station
	if c.Stations == nil {
		for st := range b.CSMS.Stations() {
			stations = append(stations, st)
		}
	}
	for _, identity := range c.Stations {
		if st, ok := b.CSMS.Station(identity); ok {
			stations = append(stations, st)
		} else {
			total.Offline += max(c.Times, 1)
			total.Ordered += max(c.Times, 1)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	requests, err := decode(c)
	if err != nil {
		return total, err
	}
	var mu sync.Mutex
	var all sync.WaitGroup
	for range max(c.Times, 1) {
		for _, st := range stations {
			all.Go(func() {
				_, err := st.CallAny(ctx, requests[st.Version()])
				mu.Lock()
				defer mu.Unlock()
				count(&total, err)
			})
		}
	}
	all.Wait()
	return total, nil
}

// decode makes the request in every version that has it: once, however many stations get it.
func decode(c storm.Command) (map[ocpp.Version]any, error) {
	payload := c.Payload
	if payload == nil {
		payload = json.RawMessage("{}")
	}
	requests := map[ocpp.Version]any{}
	var failed error
	for _, p := range protocols() {
		info, ok := p.Action(c.Action)
		if !ok {
			continue
		}
		req := info.NewRequest()
		if err := ocpp.Unmarshal(payload, req, ocpp.DecodeOptions{Policy: ocpp.Strict}); err != nil {
			failed = fmt.Errorf("%s %s: %w", p.Version(), c.Action, err)
			continue
		}
		requests[p.Version()] = req
	}
	if len(requests) > 0 {
		return requests, nil
	}
	return nil, errors.Join(fmt.Errorf("no version can be asked for %s", c.Action), failed)
}

func count(c *storm.Calls, err error) {
	c.Ordered++
	if !ocpp.SafeToRetry(err) || ocpp.Remote(err) {
		c.Sent++
	}
	refused := ocpp.Remote(err)
	switch {
	case err == nil:
		c.Answered++
	case refused:
		c.Refused++
	case errors.Is(err, context.DeadlineExceeded):
		c.Timeout++
	case errors.Is(err, net.ErrClosed):
		c.Failed++
	default:
		c.Failed++
	}
}
