package main

import (
	"errors"
	"fmt"
	"math"
	"path/filepath"
)

// busy is how many stations send at once in the CPU rows.
const busy = 500

// load is one kind of traffic.
type load struct {
	name, message string
	target        float64 // microseconds
}

func loads() []load {
	return []load{{"Heartbeat", heartbeat, 14}, {"MeterValues (6 samples)", meterValues, 19}}
}

// busyServer is a server with its busy stations.
type busyServer struct {
	*child
	fleet

	sent int // messages of each station so far
}

// cpu measures what a round trip costs the server: every station sends its next message when it has the answer.
func (b *bench) cpu() (err error) {
	var servers []*busyServer
	for _, kind := range []string{kindCSMS, kindNaive, kindEcho} {
		s, err := startBusy(kind)
		if err != nil {
			return err
		}
		servers = append(servers, s)
		defer s.fleet.close()
	}
	for _, l := range loads() {
		best := []float64{math.Inf(1), math.Inf(1), math.Inf(1)}
		for range b.o.rounds {
			for i, s := range servers {
				us, err := s.round(l.message, b.o.messages)
				if err != nil {
					return fmt.Errorf("%s: %w", s.kind, err)
				}
				best[i] = min(best[i], us)
			}
		}
		b.report.add(row{Name: "CPU per " + l.name + ", 500 stations", Unit: "us", Ours: best[0], Naive: best[1],
			Other: best[2], Ref: kindEcho, Target: l.target})
		if err := b.cpuProfile(servers[0], l); err != nil {
			return err
		}
	}
	for _, s := range servers {
		s.fleet.close()
		err = errors.Join(err, s.stop())
	}
	return err
}

func startBusy(kind string) (*busyServer, error) {
	c, err := startChild(kind, false)
	if err != nil {
		return nil, err
	}
	f, err := dialFleet(c, 0, busy)
	if err != nil {
		return nil, err
	}
	s := &busyServer{child: c, fleet: f}
	_, err = s.round(bootNotification, 1)
	return s, err
}

// round has every station send n messages and returns the microseconds of CPU per message. All of them are answered, or
// it fails.
func (s *busyServer) round(message string, n int) (float64, error) {
	before, err := s.child.cpu()
	if err != nil {
		return 0, err
	}
	err = s.fleet.each(len(s.fleet), func(st *station) error {
		for i := range n {
			// Ids do not come again: a repeated message would be answered from memory.
			if err := st.ask(fmt.Sprintf("%08d", s.sent+i), message); err != nil {
				return err
			}
		}
		return nil
	})
	s.sent += n
	if err != nil {
		return 0, err
	}
	after, err := s.child.cpu()
	return float64((after - before).Microseconds()) / float64(n*len(s.fleet)), err
}

// cpuProfile writes a CPU profile of one more round.
func (b *bench) cpuProfile(s *busyServer, l load) error {
	if b.o.profiles == "" {
		return nil
	}
	file, err := filepath.Abs(filepath.Join(b.o.profiles, fmt.Sprintf("cpu-%.3s.prof", l.name)))
	if err != nil {
		return err
	}
	if err := s.child.ask(command{Op: "profile", File: file}, new(struct{})); err != nil {
		return err
	}
	_, err = s.round(l.message, 3*b.o.messages)
	return errors.Join(err, s.child.ask(command{Op: "profile"}, new(struct{})))
}
