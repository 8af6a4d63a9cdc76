package main

import (
	"errors"
	"fmt"
	"os"
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

	name string
	sent int // messages of each station so far
}

// cpu measures what a round trip costs the server: every station sends its next message when it has the answer. The
// servers take turns.
func (b *bench) cpu() error { return b.cpuRows(false) }

func (b *bench) cpuTLS() error { return b.cpuRows(true) }

func (b *bench) cpuRows(tls bool) error {
	servers, err := b.startServers(tls)
	if err != nil {
		return err
	}
	for _, l := range loads() {
		best, err := b.rounds(servers, l)
		if err != nil {
			return err
		}
		b.report.add(cpuRow(l, tls, best))
		if serve, ok := best[kindServe]; ok {
			b.report.add(row{Name: "  serve, its store included", Unit: "us", Ours: serve, Other: best[kindCSMS], Ref: kindCSMS})
		}
		if b.o.against != "" {
			b.report.add(row{Name: "  against the other build", Unit: "us", Ours: best[kindCSMS], Other: best[kindOther], Ref: kindOther})
		}
		if err := b.cpuProfile(servers[0], l, tls); err != nil {
			return err
		}
	}
	for _, s := range servers {
		s.fleet.close()
		err = errors.Join(err, s.stop())
	}
	return err
}

// cpuRow has a target on plain connections only.
func cpuRow(l load, tls bool, best map[string]float64) row {
	r := row{Name: fmt.Sprintf("CPU per %s, %d stations, %s", l.name, busy, transport(tls)), Unit: "us", Ours: best[kindCSMS],
		Naive: best[kindNaive], Other: best[kindEcho], Ref: kindEcho, Target: l.target}
	if tls {
		r.Target = 0
	}
	return r
}

// kindOther is the csms server of the other build.
const kindOther = "other"

func (b *bench) startServers(tls bool) ([]*busyServer, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, err
	}
	type program struct{ name, exe, kind string }
	programs := []program{
		{kindCSMS, exe, kindCSMS}, {kindOther, b.o.against, kindCSMS}, {kindNaive, exe, kindNaive}, {kindEcho, exe, kindEcho},
	}
	if !tls {
		programs = append(programs, program{kindServe, exe, kindServe})
	}
	var servers []*busyServer
	for _, p := range programs {
		if p.exe == "" {
			continue
		}
		s, err := b.startBusy(p.exe, p.kind, tls)
		if err != nil {
			return nil, err
		}
		s.name = p.name
		servers = append(servers, s)
	}
	return servers, nil
}

// rounds returns the best round of each server, in microseconds per message.
func (b *bench) rounds(servers []*busyServer, l load) (map[string]float64, error) {
	best := make(map[string]float64)
	for range b.o.rounds {
		for _, s := range servers {
			us, err := s.round(l.message, b.o.messages)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", s.name, err)
			}
			if best[s.name] == 0 || us < best[s.name] {
				best[s.name] = us
			}
		}
	}
	return best, nil
}

func (b *bench) startBusy(exe, kind string, tls bool) (*busyServer, error) {
	start := func() (*child, error) { return startProgram(exe, kind, tls) }
	if kind == kindServe {
		start = b.serve
	}
	c, err := start()
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
func (b *bench) cpuProfile(s *busyServer, l load, tls bool) error {
	return b.profiled(s.child, fmt.Sprintf("cpu-%.9s-%s", l.name, transport(tls)), func() error {
		_, err := s.round(l.message, 3*b.o.messages)
		return err
	})
}
