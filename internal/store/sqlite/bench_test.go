package sqlite

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

var noon = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

// charging is the n-th message of a running transaction, with six samples.
func charging(station, id string, n int64) fleet.TransactionEvent {
	at := noon.Add(time.Duration(n) * time.Second)
	sample := func(value fleet.Decimal, measurand, phase, unit string) fleet.Sample {
		return fleet.Sample{Time: at, Value: value, Measurand: measurand, Phase: phase, Unit: unit}
	}
	return fleet.TransactionEvent{
		Station: station, Received: at, TransactionID: id, Numbered: true, SeqNo: n, Kind: fleet.TransactionUpdated,
		Time: at, Trigger: "MeterValuePeriodic", EVSE: 1, Connector: 1,
		Samples: []fleet.Sample{
			sample(fleet.Decimal(fmt.Sprint(1000+n)), "", "", "Wh"),
			sample("11040.5", "Power.Active.Import", "", "W"),
			sample("16.01", "Current.Import", "L1", "A"),
			sample("15.98", "Current.Import", "L2", "A"),
			sample("16.00", "Current.Import", "L3", "A"),
			sample("52", "SoC", "", "Percent"),
		},
	}
}

// BenchmarkIngest stores messages of 500 charging stations, each of which waits for its answer. "one-by-one" has
// a commit for each event, "groups" up to 64, "default" up to 256 when so many wait; in "priced" a tariff counts, too.
func BenchmarkIngest(b *testing.B) {
	for _, mode := range []struct {
		name   string
		batch  int
		priced bool
	}{{"one-by-one", 1, false}, {"groups", 64, false}, {"default", 0, false}, {"priced", 0, true}} {
		b.Run(mode.name, func(b *testing.B) { benchmarkIngest(b, mode.batch, mode.priced) })
	}
}

func benchmarkIngest(b *testing.B, batch int, priced bool) {
	const stations = 500
	var commits atomic.Int64
	db, err := Open(b.TempDir(), store.Options{MaxBatch: batch, OnCommit: func(store.Commit) { commits.Add(1) }})
	if err != nil {
		b.Fatal(err)
	}
	if priced {
		prices := fleet.TariffPrices{Currency: "EUR", Energy: "0.49", ChargingTime: "0.02", FixedFee: "1", TaxRates: []fleet.TaxRate{{Type: "VAT", Tax: "19"}}}
		_, _, err := db.PutTariff(b.Context(), fleet.Tariff{ID: "T", TariffPrices: prices})
		if err := errors.Join(err, db.SetDefaultTariff(b.Context(), "T")); err != nil {
			b.Fatal(err)
		}
	}
	var left atomic.Int64
	left.Store(int64(b.N))
	b.ResetTimer()
	var wg sync.WaitGroup
	for i := range min(stations, b.N) {
		wg.Go(func() {
			station := fmt.Sprint("station-", i)
			for n := int64(0); left.Add(-1) >= 0; n++ {
				if _, err := db.Submit(b.Context(), charging(station, "session", n)); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(float64(b.N)/float64(commits.Load()), "events/commit")
	if err := db.Close(); err != nil {
		b.Error(err)
	}
}

// BenchmarkLocalLists keeps that a station has accepted a list of 20,000 tokens: a message of one in parts, and a change of one, once
// when what comes of it was found out before and once when it was not.
func BenchmarkLocalLists(b *testing.B) {
	db, err := Open(b.TempDir(), store.Options{MaxDelay: -1})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	var list []fleet.ListedToken
	for i := range 20_000 {
		list = append(list, fleet.ListedToken{TokenArgument: fleet.TokenArgument{Value: fmt.Sprintf("%014X", i), Type: "ISO14443"}, Status: fleet.TokenAccepted})
	}
	digest, one := fleet.ListDigest(list), list[:1]
	send := func(b *testing.B, c fleet.LocalListChange) {
		b.Helper()
		c.Status, c.At = "Accepted", noon
		if _, err := db.Submit(b.Context(), fleet.DeviceAnswered{Station: "A", Received: noon, Action: "SendLocalList", Changes: []fleet.DeviceChange{c}}); err != nil {
			b.Fatal(err)
		}
	}
	whole := &fleet.LocalListStep{Part: 1, Parts: 1, From: digest, Digest: digest, Content: list}
	send(b, fleet.LocalListChange{Version: 1, Full: true, Step: whole})
	b.Run("full", func(b *testing.B) {
		for b.Loop() {
			send(b, fleet.LocalListChange{Version: 1, Full: true, Step: whole})
		}
	})
	b.Run("change", func(b *testing.B) {
		for b.Loop() {
			send(b, fleet.LocalListChange{Version: 1, Put: one, Step: whole})
		}
	})
	b.Run("change-not-found-out", func(b *testing.B) {
		for b.Loop() {
			send(b, fleet.LocalListChange{Version: 1, Put: one})
		}
	})
	b.Run("part", func(b *testing.B) {
		for b.Loop() {
			send(b, fleet.LocalListChange{Version: 1, Full: true, Step: &fleet.LocalListStep{Command: "c", Part: 1, Parts: 200, Entries: 100}})
		}
	})
}
