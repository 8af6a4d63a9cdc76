package storm

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"strings"
	"sync"
	"time"
)

// Stations that stop reading send so many CALLs a second each, and all of them together at most so many: the others are
// to suffer from what does not flow off, not from work.
const (
	pipelineRate  = 500
	pipelineTotal = 5000
	pipelineEvery = 10 * time.Millisecond // at least

	// The receive buffer that they have from the beginning, as small as that of an embedded system: that of a large one
	// takes megabytes, here, before the server has anything to wait for. One that shrinks later is no substitute: the
	// kernel has promised the old size then, drops what comes, acknowledgements as well, and nobody gets on for minutes.
	stuckBuffer = 64 << 10
)

// pipelinedID begins the ids of these CALLs. Long ids make long answers.
const pipelinedID = "xxxxxxxxxxxxxxxxxxxxxxxx"

// pipeline is a station that has stopped reading: it sends CALLs without end until the server ends the connection.
func (s *light) pipeline(ctx context.Context, c *conn) {
	defer s.run.stuckNow.Add(-1)
	begun := s.run.now()
	if c.SetDeadline(time.Time{}) != nil {
		return
	}
	s.talk(ctx, c, s.run.stuckAll)
	if ctx.Err() == nil {
		s.run.freed.add(s.run.now(), s.run.now()-begun)
	}
}

// talk sends CALLs and pings, as one of so many stations that do, until ctx or the connection ends.
func (s *light) talk(ctx context.Context, c *conn, stations int) {
	rate := max(1, min(pipelineRate, pipelineTotal/stations))
	every := max(pipelineEvery, time.Second/time.Duration(rate))
	burst := max(1, rate*int(every)/int(time.Second))
	ping := []byte(strings.Repeat("x", 125)) // the answer is as long
	sleep(ctx, rand.N(every))                // not all in the same moment
	for ctx.Err() == nil {
		var b []byte
		for range burst {
			b = appendFrame(b, opText, appendCall(nil, pipelinedID+s.run.messageID(), "Heartbeat", "{}"))
			b = appendFrame(b, opPing, ping)
		}
		if _, err := c.Write(b); err != nil {
			return
		}
		sleep(ctx, every)
	}
}

// control puts the load of the strike on the server while everybody reads, the large calls first: what the others feel of
// it is the work, and what they feel more of the strike is those that do not read.
func (r *run) control(ctx context.Context) {
	if r.o.Variant != SlowReaders || r.o.Control < 0 || !r.o.StrikeAt.IsZero() {
		return
	}
	who := r.victims()
	talking, hush := context.WithCancel(ctx)
	var talkers sync.WaitGroup
	r.enter(Flood)
	r.burden(ctx, who, &r.flood)
	r.enter(Control)
	for _, s := range who {
		if c := s.cur.Load(); c != nil {
			talkers.Go(func() { s.talk(talking, c, len(who)) })
		}
	}
	sleep(ctx, r.o.Control)
	hush()
	talkers.Wait()
	r.enter(Rest)
	sleep(ctx, restTime)
}

// restTime is how long the server has to finish the work of the control.
const restTime = time.Second

// burden makes the CSMS send large calls to stations, until ctx ends, and counts them.
func (r *run) burden(ctx context.Context, who []*light, total *Calls) {
	if r.o.Call == nil {
		return
	}
	payload, err := json.Marshal(map[string]string{"vendorId": "chargeyard.storm", "data": strings.Repeat("x", r.o.SlowBytes)})
	if err != nil {
		return // a map of strings can be encoded
	}
	// They are not to expire behind a call that a stuck station does not answer: they wait for its end.
	counts, err := r.o.Call(ctx, Command{
		Action: "DataTransfer", Payload: payload, Stations: identities(who), Times: r.o.SlowCalls, Timeout: r.o.Timeout * 9 / 10,
	})
	if err != nil && ctx.Err() == nil {
		r.strange.add("large calls that could not be made: " + err.Error())
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	total.add(counts)
}

func identities(list []*light) []string {
	names := make([]string, 0, len(list))
	for _, s := range list {
		names = append(names, s.identity)
	}
	return names
}
