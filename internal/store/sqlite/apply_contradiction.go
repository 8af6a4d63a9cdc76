package sqlite

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// contradict keeps what a message contradicts, in the commit that keeps the message.
func (w *writer) contradict(station string, received time.Time, list []fleet.Contradiction) error {
	if len(list) == 0 {
		return nil
	}
	records := make([]fleet.Record, 0, len(list))
	for _, c := range list {
		records = append(records, c)
	}
	_, err := w.told(fleet.Told{Station: station, Received: received, Records: records})
	return err
}

// judgeMetered keeps what meter values outside transactions contradict: themselves, the values before, the station.
func (w *writer) judgeMetered(e fleet.Metered) error {
	list := e.Contradictions()
	before, err := w.meteredBefore(e)
	if err != nil {
		return err
	}
	places, err := w.places("Metered", e.Station, e.EVSE)
	if err != nil {
		return err
	}
	list = append(list, places...)
	return w.contradict(e.Station, e.Received, append(list, e.Falls(before)...))
}

// meteredBefore returns the meter values of the same place that were before e.
func (w *writer) meteredBefore(e fleet.Metered) (before fleet.Metered, err error) {
	if len(e.Samples) == 0 {
		return before, nil
	}
	var samples string
	found, err := w.queryRow(`SELECT samples FROM meter_values
			WHERE station = ? AND evse = ? AND connector = ? AND time < ? ORDER BY time DESC LIMIT 1`,
		[]any{e.Station, e.EVSE, e.Connector, fleet.Micros(e.Samples[0].Time)}, []any{&samples})
	if err != nil || !found {
		return before, err
	}
	if err := json.Unmarshal([]byte(samples), &before.Samples); err != nil {
		return before, fmt.Errorf("meter values of %s: %w", e.Station, err)
	}
	return before, nil
}

// judgePlace keeps that a transaction begins at an EVSE that the station never told of.
func (w *writer) judgePlace(e fleet.TransactionEvent) error {
	if e.Kind != fleet.TransactionStarted || e.EVSE == 0 {
		return nil
	}
	places, err := w.places("TransactionEvent", e.Station, e.EVSE)
	if err != nil {
		return err
	}
	return w.contradict(e.Station, e.Received, places)
}

// places returns what an EVSE contradicts that a message is about.
func (w *writer) places(message, station string, evse int) ([]fleet.Contradiction, error) {
	if foreign, err := w.isForeign(station, evse); err != nil || foreign {
		return []fleet.Contradiction{fleet.UnknownPlace(message, evse)}, err
	}
	if far, err := w.isFar(station, evse); err != nil || far {
		return []fleet.Contradiction{fleet.FarPlace(message, evse)}, err
	}
	return nil, nil
}

// isFar reports whether the number of an EVSE is far beyond those that a station told of.
func (w *writer) isFar(station string, evse int) (bool, error) {
	if evse <= fleet.NearEVSEs {
		return false, nil
	}
	var highest int
	_, err := w.queryRow("SELECT COALESCE(MAX(evse), 0) FROM connectors WHERE station = ?", []any{station}, []any{&highest})
	return evse > highest+fleet.NearEVSEs, err
}

// isForeign reports whether a station told of EVSEs, but not of this one. One that told of none may have it.
func (w *writer) isForeign(station string, evse int) (bool, error) {
	if evse == 0 {
		return false, nil
	}
	var others, own int
	found, err := w.queryRow(`SELECT COUNT(*), COALESCE(SUM(CASE WHEN evse = ? THEN 1 ELSE 0 END), 0) FROM connectors
			WHERE station = ? AND evse > 0`, []any{evse, station}, []any{&others, &own})
	return found && others > 0 && own == 0, err
}
