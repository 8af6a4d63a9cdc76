package httpapi

import "net/http"

// Health is the body of /healthz and /readyz.
type Health struct {
	Status  string   `json:"status" enum:"ok,not ready" doc:"ok or not ready"`
	Reasons []string `json:"reasons,omitempty" doc:"Why it is not ready"`
}

// healthz says that the process runs and answers. It looks at nothing else: a supervisor that restarts on it must
// not restart because a disk is slow.
func healthz(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, "application/json", Health{Status: "ok"})
}

// readyz says whether stations and callers should be sent here, and if not, why.
func (a *api) readyz(w http.ResponseWriter, r *http.Request) {
	if reasons := a.o.NotReady(r.Context()); len(reasons) > 0 {
		w.Header().Set("Retry-After", "5")
		writeJSON(w, http.StatusServiceUnavailable, "application/json", Health{Status: "not ready", Reasons: reasons})
		return
	}
	writeJSON(w, http.StatusOK, "application/json", Health{Status: "ok"})
}
