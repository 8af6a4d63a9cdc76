package server

import (
	"net/http"
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
	"github.com/chargeyard/chargeyard/ocpp"
)

// metrics are what the server counts for Prometheus. Peers cannot add series: every value of a label is one of a fixed
// list, and what is not in it is "other". All methods are safe for concurrent use.
type metrics struct {
	registry *prometheus.Registry
	families []family

	online   byVersion[prometheus.Gauge, prometheus.Counter] // connected now, and ever
	closed   *prometheus.CounterVec                          // cause
	refusals *prometheus.CounterVec                          // reason
	traffic  [2]byVersion[prometheus.Counter, prometheus.Counter]
	calls    map[string]*callMetrics // by action; never changed
	codes    *prometheus.CounterVec  // direction, code

	commits        prometheus.Histogram
	commitEvents   prometheus.Histogram
	commitFailures prometheus.Counter
	commitPresence prometheus.Counter
	queued         prometheus.Gauge

	allocations prometheus.Counter
	shares      *prometheus.CounterVec // result

	hookOutcomes *prometheus.CounterVec // outcome
	hookSeconds  prometheus.Histogram

	apiRequests *prometheus.CounterVec   // operation, status
	apiSeconds  *prometheus.HistogramVec // operation
}

// byVersion are two metrics of each version.
type byVersion[A, B any] [ocpp.V21 + 1]struct {
	a A
	b B
}

// family describes one metric for docs/metrics.md.
type family struct{ name, kind, labels, help string }

// versions are those that stations speak here.
var versions = [...]ocpp.Version{ocpp.V16, ocpp.V201, ocpp.V21}

// The values of the label direction: who sent the request, or the frame.
var directions = [...]string{"out", "in"}

func newMetrics(version string, protocols []*ocpp.Protocol) *metrics {
	m := &metrics{registry: prometheus.NewRegistry()}
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.describeConnections()
	m.describeCalls(protocols)
	m.describeStore()
	m.describeSites()
	m.describeHook()
	m.apiRequests = m.counters("chargeyard_api_requests_total", "Requests of the API, by operation of /openapi.json.", "operation", "status")
	m.apiSeconds = m.histograms("chargeyard_api_request_seconds", "How long requests of the API took, streams of events left out.",
		callBuckets(), "operation")
	m.gauges("chargeyard_build_info", "The version of this program; the value is 1.", "version", "go").WithLabelValues(version, runtime.Version()).Set(1)
	return m
}

func (m *metrics) describeConnections() {
	online := m.gauges("chargeyard_connections", "Stations that are connected, by version of OCPP.", "version")
	opened := m.counters("chargeyard_connections_opened_total", "Stations that connected.", "version")
	frames := m.counters("chargeyard_frames_total", "OCPP messages on the wire, malformed ones included; in is from stations.", "direction", "version")
	bytes := m.counters("chargeyard_frame_bytes_total", "Bytes of these messages, before compression and encryption.", "direction", "version")
	for _, v := range versions {
		m.online[v].a, m.online[v].b = online.WithLabelValues(v.String()), opened.WithLabelValues(v.String())
		for i, direction := range directions {
			m.traffic[i][v].a, m.traffic[i][v].b = frames.WithLabelValues(direction, v.String()), bytes.WithLabelValues(direction, v.String())
		}
	}
	m.closed = m.counters("chargeyard_connections_closed_total", "Connections that ended, by cause; replaced is a takeover by a newer connection of the same station.", "cause")
	preset(m.closed, closeCauses())
	m.refusals = m.counters("chargeyard_connections_refused_total", "Connections that were turned away, by reason.", "reason")
}

func (m *metrics) describeSites() {
	m.allocations = m.counter("chargeyard_site_allocations_total", "How often the limit of a site was shared anew.")
	m.shares = m.counters("chargeyard_site_shares_total", "Shares of limits that were sent to stations, by what became of them: acknowledged, refused, undelivered, unknown.", "result")
	preset(m.shares, []string{string(fleet.ShareAcknowledged), string(fleet.ShareRefused), string(fleet.ShareUndelivered), string(fleet.ShareUnknown)})
}

func (m *metrics) describeStore() {
	m.commits = m.histogram("chargeyard_store_commit_seconds", "How long commits took.", prometheus.ExponentialBuckets(0.00025, 2, 15))
	m.commitEvents = m.histogram("chargeyard_store_commit_events", "Events in one commit.", prometheus.ExponentialBuckets(1, 2, 11))
	m.commitFailures = m.counter("chargeyard_store_commit_failures_total", "Commits that failed.")
	m.commitPresence = m.counter("chargeyard_store_presence_total", "Stations whose presence was written.")
	m.queued = m.gauge("chargeyard_store_queue", "Events that waited for their commit when the last one ended.")
}

// watch adds what is asked of the server when the metrics are read.
func (m *metrics) watch(s *Server) {
	m.gaugeFunc("chargeyard_handshakes_pending", "Sockets at a station listener that are no stations yet.", func() float64 { return float64(s.listeners.pending()) })
	m.gaugeFunc("chargeyard_store_healthy", "1 while the store takes writes, else 0.", func() float64 {
		if s.store.Health() != nil {
			return 0
		}
		return 1
	})
	m.gaugeFunc("chargeyard_event_streams", "Clients that follow the events.", func() float64 { return float64(s.feed.Load().Readers()) })
	m.gaugeFunc("chargeyard_refusals_queue", "Refused connections that wait to be put on record.", func() float64 { return float64(len(s.refusals.queue)) })
	m.counterFunc("chargeyard_refusals_unrecorded_total", "Refused connections that are not on record, for they came too fast.",
		func() float64 { return float64(s.refusals.lost.Load()) })
}

// handler answers Prometheus.
func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4, Timeout: 10 * time.Second})
}

// connected is part of csms.Options.OnConnect.
func (m *metrics) connected(st *csms.Station) {
	v := &m.online[st.Version()]
	v.a.Inc()
	v.b.Inc()
}

// disconnected is part of csms.Options.OnDisconnect.
func (m *metrics) disconnected(st *csms.Station, cause error) {
	m.online[st.Version()].a.Dec()
	m.closed.WithLabelValues(closeCause(cause)).Inc()
}

// refused is part of csms.Options.OnRefuse.
func (m *metrics) refused(r csms.Refusal) { m.refusals.WithLabelValues(reasonOf(r.Reason)).Inc() }

// tap is csms.Options.Tap.
func (m *metrics) tap(f ocpp.Frame) {
	direction := 0
	if f.Inbound {
		direction = 1
	}
	t := &m.traffic[direction][f.Version]
	t.a.Inc()
	t.b.Add(float64(len(f.Data)))
	if !f.Inbound {
		m.countRefusal(f.Data)
	}
}

// commit is part of store.Options.OnCommit.
func (m *metrics) commit(c store.Commit) {
	m.queued.Set(float64(c.Queued))
	m.commits.Observe(c.Took.Seconds())
	if c.Err != nil {
		m.commitFailures.Inc()
		return
	}
	m.commitPresence.Add(float64(c.Presence))
	if c.Events > 0 {
		m.commitEvents.Observe(float64(c.Events))
	}
}
