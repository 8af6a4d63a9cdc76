package storm

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"strings"
	"time"
)

// Stations that stop reading send so many CALLs a second each, and all of them together at most so many: the others are
// to suffer from what does not flow off, not from work.
const (
	pipelineRate  = 1000
	pipelineTotal = 20_000
	pipelineEvery = 10 * time.Millisecond

	// The kernel of the server takes megabytes before a write blocks. Pings, whose answers are as long as they are, fill
	// that with less work of the server than answers to CALLs.
	pingsPerCall = 4
)

// pipeline is a station that has stopped reading: it sends CALLs without end until the server ends the connection.
func (s *light) pipeline(ctx context.Context, c *conn) {
	defer s.run.stuckNow.Add(-1)
	begun := s.run.now()
	if c.SetDeadline(time.Time{}) != nil {
		return
	}
	burst := max(1, min(pipelineRate, pipelineTotal/s.run.stuckAll)*int(pipelineEvery)/int(time.Second))
	pad := strings.Repeat("x", 24) // long ids make long answers
	ping := []byte(strings.Repeat("x", 125))
	sleep(ctx, rand.N(pipelineEvery)) // not all in the same moment
	for ctx.Err() == nil {
		var b []byte
		for range burst {
			b = appendFrame(b, opText, appendCall(nil, pad+s.run.messageID(), "Heartbeat", "{}"))
			for range pingsPerCall {
				b = appendFrame(b, opPing, ping)
			}
		}
		if _, err := c.Write(b); err != nil {
			break
		}
		sleep(ctx, pipelineEvery)
	}
	if ctx.Err() == nil {
		s.run.freed.add(s.run.now(), s.run.now()-begun)
	}
}

// burden makes the CSMS send large calls to the stations that have stopped reading, until ctx ends.
func (r *run) burden(ctx context.Context, struck []*light) {
	if r.o.Call == nil {
		return
	}
	names := make([]string, 0, len(struck))
	for _, s := range struck {
		names = append(names, s.identity)
	}
	payload, err := json.Marshal(map[string]string{"vendorId": "chargeyard.storm", "data": strings.Repeat("x", r.o.SlowBytes)})
	if err != nil {
		return // a map of strings can be encoded
	}
	counts, err := r.o.Call(ctx, Command{
		Action: "DataTransfer", Payload: payload, Stations: names, Times: r.o.SlowCalls, Timeout: r.o.Load.Timeout,
	})
	if err != nil && ctx.Err() == nil {
		r.strange.add("large calls that could not be made: " + err.Error())
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.slow.add(counts)
}
