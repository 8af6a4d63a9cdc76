package sqlite

import (
	"context"
	"fmt"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// ChangeBootPolicy implements store.Boots.
func (db *DB) ChangeBootPolicy(ctx context.Context, station string, c store.BootChange) error {
	return db.change(ctx, func(w *writer) error {
		err := w.changeStation(station, `UPDATE stations SET boot_policy = COALESCE(?, boot_policy),
			boot_retry = COALESCE(?, boot_retry), boot_heartbeat = COALESCE(?, boot_heartbeat) WHERE id = ?`,
			c.Status, wholeSeconds(c.Retry), wholeSeconds(c.Heartbeat), station)
		if err != nil {
			return err
		}
		return w.notice(time.Now(), fleet.NoticeStationChanged, station, struct {
			Boot              *fleet.BootStatus `json:"boot,omitempty"`
			BootInterval      *int64            `json:"bootInterval,omitempty"`
			HeartbeatInterval *int64            `json:"heartbeatInterval,omitempty"`
		}{c.Status, wholeSeconds(c.Retry), wholeSeconds(c.Heartbeat)})
	})
}

func wholeSeconds(d *time.Duration) *int64 {
	if d == nil {
		return nil
	}
	n := int64(*d / time.Second)
	return &n
}

// secondsOf reads a column of seconds.
type secondsOf struct{ d *time.Duration }

// Scan implements sql.Scanner.
func (s secondsOf) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return fmt.Errorf("seconds of type %T", v)
	}
	*s.d = time.Duration(n) * time.Second
	return nil
}

const bootPolicyColumns = "boot_policy, boot_retry, boot_heartbeat"

func bootPolicyFields(p *fleet.BootPolicy) []any {
	return []any{&p.Status, secondsOf{&p.Retry}, secondsOf{&p.Heartbeat}}
}
