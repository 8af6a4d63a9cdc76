// Package storetest is the suite that every engine of package store must pass.
package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// Open opens a store in an empty place of the test's own, or again in the same place. The suite closes it.
type Open func(t *testing.T, place string, o store.Options) store.Store

// test is one test of the suite.
type test struct {
	name string
	run  func(*fixture)
}

// Replays runs the part of the suite that is about rule R52: events that are repeated, late, out of order, or that
// contradict each other. Run does not include it.
func Replays(t *testing.T, open Open) {
	runAll(t, open, []test{
		{"SameStartSameID", testSameStart},
		{"Replays", testReplays},
		{"Conflicts", testConflicts},
		{"Anomalies", testAnomalies},
		{"LateReadings", testLateReadings},
		{"LateAndForeignEvents", testLateEvents},
		{"AnyOrderOfASession", testAnyOrder},
	})
}

// Run runs the suite against an engine. Each test has a place of its own.
func Run(t *testing.T, open Open) {
	runAll(t, open, []test{
		{"Stations", testStations},
		{"StationsAreListedInPages", testStationPages},
		{"StationsAreFiltered", testStationFilters},
		{"StationsAreListedWithConnectors", testListedConnectors},
		{"StationsThatNeverCameAreForgotten", testForgottenStations},
		{"ForgottenInOneBatch", testForgottenInOneBatch},
		{"StationsHaveTags", testTags},
		{"SpokenVersions", testSpokenVersions},
		{"CredentialsChange", testCredentials},
		{"ProfilesRise", testRaisedProfile},
		{"OfferedCredential", testOfferedCredential},
		{"CredentialState", testCredentialState},
		{"Boot", testBoot},
		{"BootPolicy", testBootPolicy},
		{"RecordsKeepEverything", testRecordFields},
		{"RecordsThatAreRepeated", testRecordRepetitions},
		{"RecordsThatCount", testLatestRecords},
		{"RecordsAreFiltered", testRecordFilters},
		{"RecordsAreBounded", testRecordsAreBounded},
		{"Contradictions", testContradictions},
		{"Presence", testPresence},
		{"Epochs", testEpochs},
		{"EpochsInAnyOrder", testEpochsInAnyOrder},
		{"ClockOffsets", testClockOffsets},
		{"PresenceAfterRestart", testPresenceAfterRestart},
		{"ConnectorStatus", testConnectorStatus},
		{"Session16", testSession16},
		{"Session2x", testSession2x},
		{"UnusableTransactionIDs", testUnusableIDs},
		{"ForeignTransactionNumbers", testForeignNumbers},
		{"TransactionsAreListedInPages", testTransactionPages},
		{"TransactionsAreFiltered", testTransactionFilters},
		{"SamplesAreListedInPages", testSamplePages},
		{"SamplesKeepEverything", testSampleFields},
		{"MeterValuesOutsideTransactions", testMetered},
		{"MeterValuesAreListed", testMeterValues},
		{"OddTimes", testOddTimes},
		{"Tokens", testTokens},
		{"UnknownTokens", testUnknownTokens},
		{"TokensAreListedByFilters", testTokenFilters},
		{"TokenChanges", testTokenChanges},
		{"SeenTokensGiveWay", testSeenTokens},
		{"TokenTerms", testTokenTerms},
		{"Reservations", testReservations},
		{"ReservationsEnd", testReservationEnds},
		{"ReservationsExpire", testReservationExpiry},
		{"ReservationIDs", testReservationIDs},
		{"ReservationsAreFiltered", testReservationFilters},
		{"TokenGroups", testTokenGroups},
		{"ConcurrentTransactions", testConcurrentTransactions},
		{"HookedGroups", testHookedGroups},
		{"ConcurrentTransactionsRace", testConcurrentRace},
		{"LimitsHold", testLimitsHold},
		{"DecisionsInAnyOrder", testDecisionInAnyOrder},
		{"ManySeenTokens", testManySeenTokens},
		{"DecisionsAreKept", testDecisionsAreKept},
		{"OverlongTokens", testOverlongTokens},
		{"UnknownTokensRefused", testUnknownTokensRefused},
		{"APITokens", testAPITokens},
		{"Notices", testNotices},
		{"NoticeRange", testNoticeRange},
		{"Refusals", testRefusals},
		{"RefusalsAreFiltered", testRefusalFilters},
		{"RefusalsAreCounted", testRefusalSummary},
		{"Retention", testRetention},
		{"BadEventHarmsNoOther", testBadEvent},
		{"OneTransactionInOneBatch", testOneBatch},
		{"ManyAtOnce", testManyAtOnce},
		{"WhatWasAcknowledgedIsThereAfterwards", testRestart},
		{"ClosedStore", testClosed},
		{"Cursors", testCursors},
	})
	runAll(t, open, deviceTests())
	runAll(t, open, commandTests())
	runAll(t, open, limitTests())
	runAll(t, open, chargingTests())
	runAll(t, open, bulkTests())
	runAll(t, open, tariffTests())
}

func runAll(t *testing.T, open Open, tests []test) {
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := &fixture{T: t, place: t.TempDir(), open: open}
			f.start(store.Options{})
			t.Cleanup(f.stop)
			test.run(f)
		})
	}
}

// noon is when tests happen.
var noon = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

// fixture is a test with its store.
type fixture struct {
	*testing.T
	store.Store
	place string

	presenceMarks int
	open          Open
}

func (f *fixture) start(o store.Options) {
	f.Helper()
	if o.MaxDelay == 0 {
		o.MaxDelay = -1
	}
	if o.PresenceDelay == 0 {
		o.PresenceDelay = time.Millisecond
	}
	f.Store = f.open(f.T, f.place, o)
}

func (f *fixture) stop() {
	f.Helper()
	f.ok(f.Close())
}

func (f *fixture) restart(o store.Options) {
	f.Helper()
	f.stop()
	f.start(o)
}

func (f *fixture) ok(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

// submit stores an event.
func (f *fixture) submit(e fleet.Event) fleet.Result {
	f.Helper()
	r, err := f.Submit(f.Context(), e)
	f.ok(err)
	return r
}

func (f *fixture) transaction(station, id string) fleet.Transaction {
	f.Helper()
	t, err := f.Transaction(f.Context(), station, id)
	f.ok(err)
	return t
}

// detail returns a station once its reported presence is written.
func (f *fixture) detail(station string) fleet.StationDetail {
	f.Helper()
	d, err := f.Station(f.Context(), station)
	f.ok(err)
	return d
}

// equal compares.
func equal[T comparable](f *fixture, what string, got, want T) {
	f.Helper()
	if got != want {
		f.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func equalTime(f *fixture, what string, got, want time.Time) {
	f.Helper()
	if !got.Equal(want) {
		f.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// all reads a list to its end and checks that no page is longer than the limit.
func all[T any](f *fixture, limit int, read func(ctx context.Context, cursor string) (store.Page[T], error)) []T {
	f.Helper()
	var items []T
	cursor := ""
	for {
		p, err := read(f.Context(), cursor)
		f.ok(err)
		if limit > 0 && len(p.Items) > limit {
			f.Fatalf("a page of %d items, want at most %d", len(p.Items), limit)
		}
		items = append(items, p.Items...)
		if p.Next == "" {
			return items
		}
		cursor = p.Next
	}
}
