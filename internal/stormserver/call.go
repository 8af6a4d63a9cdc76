package stormserver

import (
	"context"
	"encoding/json"
	"errors"
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

// Call sends a request to stations, to all of them at once, and counts how it ended. It is storm.Options.Call.
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
			total.Offline++
			total.Sent++
		}
	}
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	payload := c.Payload
	if payload == nil {
		payload = json.RawMessage("{}")
	}
	var mu sync.Mutex
	var all sync.WaitGroup
	for _, st := range stations {
		all.Go(func() {
			_, err := st.Invoke(ctx, c.Action, payload)
			mu.Lock()
			defer mu.Unlock()
			count(&total, err)
		})
	}
	all.Wait()
	return total, nil
}

func count(c *storm.Calls, err error) {
	c.Sent++
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
