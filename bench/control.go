package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"time"
)

// The control channel of a server is its standard input and output: one JSON value per line.

// hello is the first line of a server.
type hello struct {
	Addr string `json:"addr"`
}

// command is a line that a server gets. Op is "stats", "call", "profile" or "heap".
type command struct {
	Op   string `json:"op"`
	File string `json:"file,omitempty"` // of profile and heap; an empty one ends the CPU profile
}

// stats answers "stats", after a forced garbage collection.
type stats struct {
	Stations   int    `json:"stations"`
	Goroutines int    `json:"goroutines"`
	Heap       uint64 `json:"heap"`  // bytes of live objects
	Stack      uint64 `json:"stack"` // bytes of stacks
}

// called answers "call".
type called struct {
	Answered int     `json:"answered"`
	Failed   int     `json:"failed"`
	Seconds  float64 `json:"seconds"`
	First    string  `json:"first,omitempty"` // failure
}

// controlled is what the control channel wants from a server.
type controlled interface {
	// stations is how many are connected.
	stations() int
	// callAll calls all of them at once and waits for the answers.
	callAll() called
}

// control carries out commands until in ends.
func control(s controlled, addr string, in io.Reader, out io.Writer) error {
	answer := json.NewEncoder(out)
	if err := answer.Encode(hello{addr}); err != nil {
		return err
	}
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		var cmd command
		if err := json.Unmarshal(lines.Bytes(), &cmd); err != nil {
			return err
		}
		v, err := carryOut(s, cmd)
		if err != nil {
			v = map[string]string{"error": err.Error()}
		}
		if err := answer.Encode(v); err != nil {
			return err
		}
	}
	return lines.Err()
}

func carryOut(s controlled, cmd command) (any, error) {
	switch cmd.Op {
	case "stats":
		return collect(s), nil
	case "call":
		return s.callAll(), nil
	case "profile":
		return struct{}{}, profile(cmd.File)
	case "heap":
		return struct{}{}, heapProfile(cmd.File)
	}
	return nil, fmt.Errorf("unknown command %q", cmd.Op)
}

// collect forces garbage collections until what finalizers and pools hold is gone, too, and returns free memory to
// the system, so that the resident memory is what is in use.
func collect(s controlled) stats {
	for range 3 {
		runtime.GC()
	}
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return stats{
		Stations: s.stations(), Goroutines: runtime.NumGoroutine(), Heap: m.HeapAlloc, Stack: m.StackInuse,
	}
}

// profile begins a CPU profile, and ends it when file is empty.
func profile(file string) error {
	if file == "" {
		pprof.StopCPUProfile()
		return nil
	}
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	return pprof.StartCPUProfile(f) // the process keeps the file open until its end
}

func heapProfile(file string) error {
	runtime.GC()
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer f.Close()
	return pprof.WriteHeapProfile(f)
}

// callEach calls n stations at once, each in a goroutine, and counts.
func callEach(n int, call func(i int) error) called {
	failures := make(chan error, n)
	start := time.Now()
	for i := range n {
		go func() { failures <- call(i) }()
	}
	var c called
	for range n {
		err := <-failures
		switch {
		case err == nil:
			c.Answered++
			continue
		case c.Failed == 0:
			c.First = err.Error()
		}
		c.Failed++
	}
	c.Seconds = time.Since(start).Seconds()
	return c
}
