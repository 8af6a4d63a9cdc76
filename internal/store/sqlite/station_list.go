package sqlite

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

const connectorColumns = `evse, connector, status, since, received, error_code, info, vendor_id, vendor_error_code,
	last_error, last_error_at`

func connectorFields(c *fleet.Connector) []any {
	return []any{
		&c.EVSE, &c.Connector, &c.Status, instant{&c.Since}, instant{&c.Received}, &c.ErrorCode, &c.Info,
		&c.VendorID, &c.VendorErrorCode, &c.LastError, instant{&c.LastErrorAt},
	}
}

// connectors returns those of one station.
func (db *DB) connectors(ctx context.Context, station string) ([]fleet.Connector, error) {
	q := selectFrom("SELECT " + connectorColumns + " FROM connectors")
	q.where("station = ?", station)
	q.order("evse, connector", store.MaxLimit)
	return list(ctx, db.readers, q, connectorFields)
}

// ListStations implements store.Stations.
func (db *DB) ListStations(ctx context.Context, sq store.StationQuery) (store.Page[fleet.StationDetail], error) {
	q, err := selectStations(sq)
	if err != nil {
		return store.Page[fleet.StationDetail]{}, err
	}
	limit := store.Limit(sq.Limit)
	items, err := list(ctx, db.readers, q, func(d *fleet.StationDetail) []any { return stationFields(&d.Station) })
	p := page(items, limit, func(d fleet.StationDetail) string { return makeCursor(d.ID) })
	if err != nil || !sq.Connectors || len(p.Items) == 0 {
		return p, err
	}
	return p, errors.Join(db.addConnectors(ctx, p.Items), db.addTags(ctx, p.Items))
}

// stationText is what Find looks into. No text of a query has a line break, so that nothing is found across two columns.
const stationText = "lower(id || char(10) || vendor || char(10) || model || char(10) || serial || char(10) || firmware)"

func selectStations(sq store.StationQuery) (*query, error) {
	q := selectFrom("SELECT " + stationColumns + " FROM stations")
	var after string
	if ok, err := readCursor(sq.Cursor, &after); err != nil {
		return nil, err
	} else if ok {
		q.where("id > ?", after)
	}
	if sq.Online != nil {
		q.where("online = ?", flag(*sq.Online))
	}
	for _, c := range []struct{ condition, value string }{
		{"version = ?", sq.Version},
		{"lower(vendor) = lower(?)", sq.Vendor},
		{"lower(model) = lower(?)", sq.Model},
		{"lower(firmware) = lower(?)", sq.Firmware},
		{"EXISTS (SELECT 1 FROM station_tags t WHERE t.station = stations.id AND t.tag = ?)", sq.Tag},
		{"boot_status = ?", string(sq.Boot)},
		{"instr(" + stationText + ", lower(?)) > 0", sq.Find},
	} {
		if c.value != "" {
			q.where(c.condition, c.value)
		}
	}
	q.order("id", store.Limit(sq.Limit))
	return q, nil
}

// connectorRow is a connector with its station.
type connectorRow struct {
	station string
	fleet.Connector
}

// addConnectors reads the connectors of all stations of a page at once.
func (db *DB) addConnectors(ctx context.Context, stations []fleet.StationDetail) error {
	rows, err := list(ctx, db.readers, selectConnectors(stations), func(r *connectorRow) []any {
		return append([]any{&r.station}, connectorFields(&r.Connector)...)
	})
	if err != nil {
		return fmt.Errorf("the connectors of %d stations: %w", len(stations), err)
	}
	byStation := map[string][]fleet.Connector{}
	for _, r := range rows {
		byStation[r.station] = append(byStation[r.station], r.Connector)
	}
	for i := range stations {
		stations[i].EVSEs = fleet.GroupByEVSE(byStation[stations[i].ID])
	}
	return nil
}

func selectConnectors(stations []fleet.StationDetail) *query {
	ids := make([]any, len(stations))
	for i := range stations {
		ids[i] = stations[i].ID
	}
	q := selectFrom("SELECT station, " + connectorColumns + " FROM (SELECT station, " + connectorColumns +
		", ROW_NUMBER() OVER (PARTITION BY station ORDER BY evse, connector) AS place" +
		" FROM connectors WHERE station IN (?" + strings.Repeat(", ?", len(ids)-1) + "))")
	q.args = ids
	q.where("place <= ?", store.MaxListedConnectors)
	q.order("station, place", len(ids)*store.MaxListedConnectors)
	return q
}
