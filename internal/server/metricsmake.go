package server

import (
	"strings"

	"github.com/prometheus/client_golang/prometheus"
)

// Each of these makes a metric, registers it and describes it for docs/metrics.md. They panic when a name is taken.

func (m *metrics) describe(name, kind, help string, labels []string) {
	m.families = append(m.families, family{name, kind, strings.Join(labels, ", "), help})
}

func made[C prometheus.Collector](m *metrics, c C) C {
	m.registry.MustRegister(c)
	return c
}

func (m *metrics) counters(name, help string, labels ...string) *prometheus.CounterVec {
	m.describe(name, "counter", help, labels)
	return made(m, prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels))
}

func (m *metrics) counter(name, help string) prometheus.Counter {
	return m.counters(name, help).WithLabelValues()
}

func (m *metrics) gauges(name, help string, labels ...string) *prometheus.GaugeVec {
	m.describe(name, "gauge", help, labels)
	return made(m, prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, labels))
}

func (m *metrics) gauge(name, help string) prometheus.Gauge {
	return m.gauges(name, help).WithLabelValues()
}

func (m *metrics) gaugeFunc(name, help string, f func() float64) {
	m.describe(name, "gauge", help, nil)
	made(m, prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, f))
}

func (m *metrics) counterFunc(name, help string, f func() float64) {
	m.describe(name, "counter", help, nil)
	made(m, prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, f))
}

func (m *metrics) histograms(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	m.describe(name, "histogram", help, labels)
	return made(m, prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, labels))
}

func (m *metrics) histogram(name, help string, buckets []float64) prometheus.Histogram {
	m.describe(name, "histogram", help, nil)
	return made(m, prometheus.NewHistogram(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}))
}

// preset makes the series of a counter before the first count, so that Prometheus sees that one rise from zero.
func preset(c *prometheus.CounterVec, values []string) {
	for _, v := range values {
		c.WithLabelValues(v)
	}
}
