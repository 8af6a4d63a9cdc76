package server

import (
	"bytes"
	"database/sql"
	"fmt"
	"net/http"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store/sqlite"
)

// The connection ends while the commit is under way, so that nobody hears of the transaction's id. The station sends the
// message again on the next connection: it is the same transaction.
func TestR52AStartWhoseAnswerWasLostIsOneTransaction(t *testing.T) {
	data := t.TempDir()
	r := serve(t, Config{Data: data})
	start := `{"connectorId":1,"idTag":"CAFE","meterStart":1000,"timestamp":"2026-05-01T10:00:00Z"}`
	p := r.connect("CP-001", "ocpp1.6", login{})
	p.call("BootNotification", boot16)

	r.eventually("its presence is written", func() bool {
		live, _ := r.srv.csms.Station("CP-001")
		stored, err := r.srv.store.Station(t.Context(), "CP-001")
		return err == nil && !stored.LastMessageAt.Before(fleet.Instant(live.LastMessageAt()))
	})
	release := holdCommits(t, data)
	if err := p.SendText(`[2,"start-1","StartTransaction",` + start + `]`); err != nil {
		t.Fatal(err)
	}
	r.eventually("the commit is under way", commitUnderWay)
	p.Close()
	r.eventually("the connection has ended", func() bool { _, online := r.srv.csms.Station("CP-001"); return !online })
	release()
	r.eventually("it is stored", func() bool { return len(r.items("/transactions")) == 1 })

	id := r.items("/transactions")[0]["transactionId"]
	again := r.connect("CP-001", "ocpp1.6", login{})
	for range 2 {
		if got := again.call("StartTransaction", start)["transactionId"]; got == nil || fmt.Sprint(got) != id {
			t.Errorf("the station is told %v, the transaction is %v", got, id)
		}
	}
	list := r.items("/transactions")
	if len(list) != 1 || list[0]["conflicts"] != 0.0 || list[0]["events"] != 1.0 {
		t.Errorf("transactions: %v", list)
	}
	if got := r.api(http.MethodGet, "/transactions/CP-001:"+id.(string), "", http.StatusOK); got["active"] != true {
		t.Errorf("transaction: %v", got)
	}
}

// holdCommits makes commits wait until release, as a slow disk does.
func holdCommits(t *testing.T, data string) (release func()) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(data, sqlite.FileName))
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(t.Context(), "PRAGMA busy_timeout = 5000"); err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	return func() {
		t.Helper()
		if _, err := db.ExecContext(t.Context(), "ROLLBACK"); err != nil {
			t.Error(err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
}

// commitUnderWay reports whether the writer commits, which only its stack tells.
func commitUnderWay() bool {
	stacks := make([]byte, 1<<20)
	return bytes.Contains(stacks[:runtime.Stack(stacks, true)], []byte("sqlite.(*writer).Commit"))
}
