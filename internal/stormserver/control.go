package stormserver

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/pprof"
	"runtime"
	"runtime/debug"

	"github.com/chargeyard/chargeyard/simulator/storm"
)

// Inner says how this process is. Settle collects the garbage first and gives the memory back, so that figures can be
// compared.
func Inner(settle bool, bare *Bare) storm.Inner {
	if settle {
		debug.FreeOSMemory()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	in := storm.Inner{Goroutines: runtime.NumGoroutine(), HeapBytes: int64(m.HeapInuse)}
	if bare != nil {
		in.Connected, in.Ended = bare.CSMS.Len(), bare.Ended()
		in.Queued, in.QueuedMost = bare.Queued()
	}
	return in
}

// Control is the endpoint for the storm that started this process: GET /inner, POST /call when bare is not nil, and the
// profiles of net/http/pprof. It belongs on loopback.
func Control(bare *Bare) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /inner", func(w http.ResponseWriter, r *http.Request) {
		answer(w, Inner(r.URL.Query().Has("settle"), bare))
	})
	if bare != nil {
		mux.HandleFunc("POST /call", func(w http.ResponseWriter, r *http.Request) { call(w, r, bare.Call) })
	}
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return mux
}

func call(w http.ResponseWriter, r *http.Request, do func(context.Context, storm.Command) (storm.Calls, error)) {
	var c storm.Command
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 16<<20)).Decode(&c); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	counts, err := do(r.Context(), c)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	answer(w, counts)
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(v) //nolint:errcheck,errchkjson // a client that has gone needs no answer
}
