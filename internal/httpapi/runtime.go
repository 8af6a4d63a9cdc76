package httpapi

import (
	"context"
	"net/http"
	"os"
	"runtime"
	"runtime/metrics"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// Runtime is what the process uses at this moment.
type Runtime struct {
	UptimeSeconds float64  `json:"uptimeSeconds" doc:"Since the start of the process' API"`
	Stations      int      `json:"stations" doc:"Connected"`
	Handshakes    int      `json:"handshakes" doc:"Sockets at a station listener that are not stations yet"`
	Goroutines    int      `json:"goroutines"`
	HeapBytes     int64    `json:"heapBytes" doc:"Objects on the heap, those that the garbage collector has not found yet included"`
	StackBytes    int64    `json:"stackBytes" doc:"Stacks of goroutines"`
	RuntimeBytes  int64    `json:"runtimeBytes" doc:"All memory of the Go runtime that was not given back to the system"`
	ResidentBytes *int64   `json:"residentBytes" doc:"Resident memory of the process; null where the system does not say"`
	Descriptors   *int     `json:"descriptors" doc:"Open file descriptors; null where the system does not say"`
	CPUSeconds    *float64 `json:"cpuSeconds" doc:"User and system time of the process; null where the system does not say"`
	GCCycles      int64    `json:"gcCycles" doc:"Garbage collections so far"`
}

// Counts are the figures of Runtime that the server knows.
type Counts struct {
	Stations   int
	Handshakes int
}

type runtimeInput struct {
	GC bool `query:"gc" doc:"Collect garbage first, so that heapBytes is what is in use. It takes a fraction of a second of all cores"`
}

func (a *api) registerRuntime() {
	operate(a, huma.Operation{
		OperationID: "get-runtime", Method: http.MethodGet, Path: "/debug/runtime", Tags: []string{"debug"},
		Summary:     "What the process uses",
		Description: "Memory, goroutines, descriptors and CPU time, for tests of load and endurance.",
	}, a.runtime)
}

func (a *api) runtime(_ context.Context, in *runtimeInput) (*answer[Runtime], error) {
	if in.GC {
		runtime.GC()
	}
	r := runtimeFigures()
	counts := a.o.Counts()
	r.UptimeSeconds, r.Stations, r.Handshakes = time.Since(a.started).Seconds(), counts.Stations, counts.Handshakes
	r.ResidentBytes, r.Descriptors, r.CPUSeconds = residentBytes(), openDescriptors(), cpuSeconds()
	return &answer[Runtime]{r}, nil
}

// runtimeFigures reads what the Go runtime counts, which stops nothing.
func runtimeFigures() Runtime {
	s := []metrics.Sample{
		{Name: "/sched/goroutines:goroutines"},
		{Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/memory/classes/heap/stacks:bytes"},
		{Name: "/memory/classes/total:bytes"},
		{Name: "/memory/classes/heap/released:bytes"},
		{Name: "/gc/cycles/total:gc-cycles"},
	}
	metrics.Read(s)
	value := func(i int) int64 { return int64(s[i].Value.Uint64()) }
	return Runtime{
		Goroutines: int(value(0)), HeapBytes: value(1), StackBytes: value(2), RuntimeBytes: value(3) - value(4), GCCycles: value(5),
	}
}

// openDescriptors counts the files of the process, without the one that is open for counting.
func openDescriptors() *int {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return nil
	}
	n := len(entries) - 1
	return &n
}
