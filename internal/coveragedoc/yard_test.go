package coveragedoc

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite" // to look into the server's file

	"github.com/chargeyard/chargeyard/internal/server"
	"github.com/chargeyard/chargeyard/internal/store/sqlite"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpptest"
)

const (
	apiToken = "token-of-the-coverage"
	patience = 20 * time.Second
)

// yard is the real server, and a look into its file.
type yard struct {
	t      *testing.T
	srv    *server.Server
	db     *sql.DB
	tables map[string]string // name -> query of what messages change in it

	version int64 // of the file when it was looked at
	seen    map[string][32]byte
}

func openYard(t *testing.T) *yard {
	t.Helper()
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	srv, err := server.Open(ctx, server.Config{
		OCPP: "127.0.0.1:0", HTTP: "127.0.0.1:0", Data: dir, APIToken: apiToken, DataVendors: []string{"org.known"},
		DrainWindow: server.InterruptWindow,
	})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- srv.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		http.DefaultClient.CloseIdleConnections()
	})
	name := url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(filepath.Join(dir, sqlite.FileName)), RawQuery: "mode=ro"}
	db, err := sql.Open("sqlite", name.String())
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1) // data_version is that of a connection
	t.Cleanup(func() { db.Close() })
	y := &yard{t: t, srv: srv, db: db, tables: map[string]string{}}
	y.findTables()
	return y
}

// besides is what changes with the presence of a station, or counts what is in other tables.
var besides = map[string][]string{
	"stations": {"version", "online", "epoch", "address", "connected_at", "disconnected_at", "last_message_at", "clock_offset", "clock_offset_at", "created_at"},
}

// findTables finds the tables with something of messages in them.
func (y *yard) findTables() {
	for _, table := range y.strings("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'") {
		if table == "sequences" || table == "kept" || strings.HasPrefix(table, "goose") {
			continue
		}
		columns := slices.DeleteFunc(y.strings("SELECT name FROM pragma_table_info('"+table+"')"), func(c string) bool {
			return slices.Contains(besides[table], c)
		})
		for i := range columns {
			columns[i] = "COALESCE(" + columns[i] + ", '')"
		}
		y.tables[table] = "SELECT " + strings.Join(columns, " || '|' || ") + " FROM " + table
	}
}

func (y *yard) strings(query string) (list []string) {
	y.t.Helper()
	rows, err := y.db.QueryContext(y.t.Context(), query)
	if err != nil {
		y.t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			y.t.Fatal(err)
		}
		list = append(list, s)
	}
	if err := rows.Err(); err != nil {
		y.t.Fatal(err)
	}
	return list
}

// look returns a digest of each table.
func (y *yard) look() map[string][32]byte {
	y.t.Helper()
	var version int64
	if err := y.db.QueryRowContext(y.t.Context(), "PRAGMA data_version").Scan(&version); err != nil {
		y.t.Fatal(err)
	}
	if y.seen != nil && version == y.version {
		return y.seen
	}
	y.version, y.seen = version, map[string][32]byte{}
	for table, query := range y.tables {
		y.seen[table] = sha256.Sum256([]byte(strings.Join(y.strings(query), "\n")))
	}
	return y.seen
}

// station is a raw connection.
type station struct {
	*ocpptest.Peer
	y *yard
}

func (y *yard) connect(id string, v ocpp.Version) *station {
	y.t.Helper()
	ctx, cancel := context.WithTimeout(y.t.Context(), patience)
	defer cancel()
	p, err := ocpptest.DialPeer(ctx, "ws://"+y.srv.StationAddrs()[0].String()+"/ocpp/"+id, ocpptest.PeerOptions{Subprotocols: []string{v.Subprotocol()}})
	if err != nil {
		y.t.Fatal(err)
	}
	y.t.Cleanup(func() { p.Close() })
	return &station{Peer: p, y: y}
}

// say sends a frame and reads the answer to it. A frame without an answer is followed by one that has one: messages of one
// station are handled one after the other.
func (s *station) say(text string) frame {
	s.y.t.Helper()
	asked, ok := parse(text)
	if err := errors.Join(s.Conn.SetDeadline(time.Now().Add(patience)), s.SendText(text)); err != nil {
		s.y.t.Fatal(err)
	}
	if !ok || asked.kind != 2 {
		return s.say(fmt.Sprintf(`[2,"after-%s","Heartbeat",{}]`, asked.id))
	}
	answer, err := s.ReadText()
	if err != nil {
		s.y.t.Fatalf("after %s: %v", text, err)
	}
	f, _ := parse(answer)
	return f
}

// api sends a request to the API and returns the status of the answer, and its body.
func (y *yard) api(method, path, body string) (int, map[string]any) {
	y.t.Helper()
	req, err := http.NewRequestWithContext(y.t.Context(), method, "http://"+y.srv.APIAddr().String()+"/api/v1"+path, strings.NewReader(body))
	if err != nil {
		y.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+apiToken)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		y.t.Fatal(err)
	}
	defer resp.Body.Close()
	var m map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&m); err != nil {
		y.t.Fatalf("%s %s: %v", method, path, err)
	}
	return resp.StatusCode, m
}
