package sqlite

import (
	"slices"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// derControlsCleared notes that controls do not count any more.
func (w *writer) derControlsCleared(station string, c fleet.DERControlsCleared) error {
	if c.ID != "" {
		return w.exec("UPDATE der_controls SET latest = 0 WHERE station = ? AND latest = 1 AND control_id = ?", station, c.ID)
	}
	return w.exec("UPDATE der_controls SET latest = 0 WHERE station = ? AND latest = 1 AND is_default = ? AND (control_type = ? OR ? = '')",
		station, flag(c.Default), c.Type, c.Type)
}

// streamsListed keeps which streams are open, and closes all others.
func (w *writer) streamsListed(e fleet.DeviceAnswered, c fleet.StreamsListed) error {
	have, err := w.streams(e.Station)
	if err != nil {
		return err
	}
	records := make([]fleet.Record, 0, len(c.Open))
	for _, s := range c.Open {
		records = append(records, s)
	}
	for _, s := range have {
		listed := func(o fleet.EventStream) bool { return o.StreamID == s.StreamID }
		if s.Open && !slices.ContainsFunc(c.Open, listed) {
			records = append(records, fleet.EventStream{StreamID: s.StreamID})
		}
	}
	_, err = w.told(fleet.Told{Station: e.Station, Received: e.Received, Records: records})
	return err
}

// streamAdjusted keeps how often a stream sends from now on. A station that does that has the stream.
func (w *writer) streamAdjusted(e fleet.DeviceAnswered, c fleet.StreamAdjusted) error {
	have, err := w.streams(e.Station)
	if err != nil {
		return err
	}
	now := fleet.EventStream{StreamID: c.ID}
	if i := slices.IndexFunc(have, func(s fleet.EventStream) bool { return s.StreamID == c.ID }); i >= 0 {
		now = have[i]
	}
	now.Open = true
	if c.Interval != nil {
		now.Interval = c.Interval
	}
	if c.Values != nil {
		now.Values = c.Values
	}
	_, err = w.told(fleet.Told{Station: e.Station, Received: e.Received, Records: []fleet.Record{now}})
	return err
}

// streams reads the latest word of each stream as the open batch has it.
func (w *writer) streams(station string) ([]fleet.EventStream, error) {
	return queryRows(w, "SELECT stream_id, is_open, monitor_id, max_interval, max_values FROM event_streams WHERE station = ? AND latest = 1 ORDER BY number",
		eventStreamFields, station)
}
