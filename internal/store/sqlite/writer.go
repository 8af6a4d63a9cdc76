package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// job is one thing to write: an event with its result, or an operator's change.
type job struct {
	event   fleet.Event // checked
	content []byte      // of a transaction's event
	result  fleet.Result
	change  func(w *writer) error // when event is nil; may run twice
}

// hooks let tests look into the writer and break it. The zero hooks do nothing.
type hooks struct {
	pragmas      string       // more pragmas of the writer's connection, as in a DSN
	beforeCommit func() error // runs when a batch was applied; an error is that of the commit
	afterCommit  func() error // runs when a batch was committed; an error is that of the commit
}

// writer applies jobs on the one connection that writes. Only the goroutine of the group uses it.
type writer struct {
	db    *DB
	conn  *sql.Conn
	stmts map[string]*sql.Stmt // by their text
	o     store.Options        // with defaults
	hooks hooks

	stations map[string]bool   // that have a row
	grown    map[recordKey]int // records since they were pruned
	unknowns int               // tokens that nobody knew, since pruneTokens looked
	ended    int               // commands, since pruneCommands looked
	dropped  bool              // there may be bulks whose commands are to be deleted
	forgetAt time.Time         // when to look for customer information that is too old
	recent   recent
	writes   transactionWrites
	tariffs  *tariffBook        // nil: to be read
	supports map[string]support // of stations, as the open batch has it

	startLimits bool // there may be limits of remote starts
	prepaid     bool // there may be prepaid tokens
	pending     pending
}

// pending is what must be done when the batch is committed, and forgotten when it is not.
type pending struct {
	stations     []string // that got a row
	removed      []string // whose row is gone; none of stations
	identities   []string // that changed
	apiTokens    []string // that changed
	transactions []changed
	tokensSeen   int  // that nobody knew
	tokens       bool // the operator's have changed
	notices      int  // that were written
	refusals     int  // that were written
	commands     int  // that ended, but those of bulks
	bulkCommands int  // of bulks that ended
	bulksEnded   int
	bulks        []string // of which a command ended
}

func newWriter(ctx context.Context, db *DB, o store.Options, h hooks) (*writer, error) {
	conn, err := db.pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	w := &writer{
		db: db, conn: conn, stmts: map[string]*sql.Stmt{}, o: o.WithDefaults(), hooks: h,
		stations: map[string]bool{}, grown: map[recordKey]int{}, recent: recent{}, writes: newTransactionWrites(), supports: map[string]support{}, dropped: true,
	}
	// Whoever was online, was so in a process that is gone: its epochs mean nothing any more.
	err = w.exec("UPDATE stations SET disconnected_at = last_message_at WHERE online = 1")
	err = errors.Join(err, w.exec("UPDATE stations SET online = 0, epoch = 0 WHERE online = 1 OR epoch <> 0"))
	err = errors.Join(err, w.loadStations(), w.lookForStartLimits(), w.lookForPrepaid())
	if err != nil {
		return nil, errors.Join(err, w.close())
	}
	return w, nil
}

// close gives the connection back, so that closing the pool closes it.
func (w *writer) close() error {
	var errs []error
	for _, s := range w.stmts {
		errs = append(errs, s.Close())
	}
	return errors.Join(append(errs, w.conn.Close())...)
}

func (w *writer) loadStations() (err error) {
	rows, err := w.conn.QueryContext(context.Background(), "SELECT id FROM stations")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return err
		}
		w.stations[id] = true
	}
	return rows.Err()
}

// Commit implements store.Committer. It first tries the batch as a whole; only when a job fails by its own
// fault is everything done again with a savepoint for each.
func (w *writer) Commit(jobs []*job, presence []fleet.Presence) ([]error, error) {
	errs, err := w.transact(jobs, presence, false)
	if err != nil && isOwnFault(err) {
		errs, err = w.transact(jobs, presence, true)
	}
	return errs, classify(err)
}

// Probe implements store.Committer.
func (w *writer) Probe() error {
	touch := &job{change: func(w *writer) error {
		return w.exec("UPDATE sequences SET value = value + 1 WHERE name = 'probe'")
	}}
	_, err := w.Commit([]*job{touch}, nil)
	return err
}

func (w *writer) transact(jobs []*job, presence []fleet.Presence, careful bool) (errs []error, err error) {
	w.pending = pending{}
	if err := w.exec("BEGIN IMMEDIATE"); err != nil {
		return nil, fmt.Errorf("beginning a transaction: %w", err)
	}
	errs, err = w.applyAll(jobs, presence, careful)
	if err == nil {
		err = w.commit()
	}
	if err != nil {
		w.rollback()
		return nil, err
	}
	w.committed()
	return errs, nil
}

func (w *writer) applyAll(jobs []*job, presence []fleet.Presence, careful bool) (errs []error, err error) {
	if careful {
		errs = make([]error, len(jobs))
	}
	for i, j := range jobs {
		if careful {
			errs[i], err = w.applyAlone(j)
		} else {
			err = w.apply(j)
		}
		if err != nil {
			return nil, err
		}
	}
	for _, p := range presence {
		if err := w.writePresence(p); err != nil {
			return nil, err
		}
	}
	return errs, w.prune()
}

// applyAlone applies a job so that its own fault (own) harms no other. err is the store's.
func (w *writer) applyAlone(j *job) (own, err error) {
	if err := w.exec("SAVEPOINT job"); err != nil {
		return nil, err
	}
	kept := w.pending
	if err := w.apply(j); err != nil {
		if !isOwnFault(err) {
			return nil, err
		}
		w.pending = kept
		w.forgetFacts()
		own = err
		if err := w.exec("ROLLBACK TO job"); err != nil {
			return nil, err
		}
	}
	return own, w.exec("RELEASE job")
}

func (w *writer) commit() error {
	if w.hooks.beforeCommit != nil {
		if err := w.hooks.beforeCommit(); err != nil {
			return err
		}
	}
	err := w.exec("COMMIT")
	if err == nil && w.hooks.afterCommit != nil {
		err = w.hooks.afterCommit()
	}
	if err != nil {
		w.doubt()
		return fmt.Errorf("committing: %w", err)
	}
	return nil
}

// doubt forgets what the store may have otherwise by now: a commit that failed may have been written nevertheless.
func (w *writer) doubt() {
	clear(w.recent)
	for _, id := range w.pending.removed {
		delete(w.stations, id)
	}
	w.db.identities.drop(w.pending.identities...)
	w.db.apiTokens.drop(w.pending.apiTokens...)
	w.db.tokensChanged(w.pending.tokens)
}

// rollback gives up the open transaction. SQLite may have done so by itself, as it does on a full disk; then
// this fails, and there is nothing left to do.
func (w *writer) rollback() {
	_ = w.exec("ROLLBACK")
	w.forgetFacts()
	w.pending = pending{}
}

func (w *writer) committed() {
	for _, id := range w.pending.removed {
		delete(w.stations, id)
	}
	for _, id := range w.pending.stations {
		w.stations[id] = true
	}
	w.recent.remember(w.pending.transactions)
	w.db.identities.drop(w.pending.identities...)
	w.db.apiTokens.drop(w.pending.apiTokens...)
	w.db.tokensChanged(w.pending.tokens)
	w.pending = pending{}
}

func (w *writer) apply(j *job) error {
	if j.event == nil {
		return j.change(w)
	}
	var err error
	j.result, err = w.applyEvent(j)
	return err
}

// Submit implements store.Ingest. What needs no database happens here, on the goroutine of the caller, so that the
// one writer has less to do.
func (db *DB) Submit(ctx context.Context, e fleet.Event) (fleet.Result, error) {
	return db.write(ctx, e, db.Group.Submit)
}

// Defer implements store.Ingest.
func (db *DB) Defer(ctx context.Context, e fleet.Event) (fleet.Result, error) {
	return db.write(ctx, e, db.Group.Defer)
}

func (db *DB) write(ctx context.Context, e fleet.Event, queue func(context.Context, *job) error) (fleet.Result, error) {
	if err := e.Check(); err != nil {
		return fleet.Result{}, err
	}
	j := &job{event: e}
	if t, ok := e.(fleet.TransactionEvent); ok {
		var err error
		if j.content, err = t.Content(); err != nil {
			return fleet.Result{}, err
		}
	}
	if err := queue(ctx, j); err != nil {
		return fleet.Result{}, err
	}
	return j.result, nil
}

// errGivenUp is the error of a change that nobody waits for any more; nobody sees it.
var errGivenUp = errors.New("sqlite: the change was given up before it was made")

// change makes an operator's change and returns after its commit. When it returns, do is over and is not called again, so that
// what it sets is the caller's: the end of ctx waits for a do that is under way, though not for its commit.
func (db *DB) change(ctx context.Context, do func(w *writer) error) error {
	turn := make(chan struct{}, 1) // empty while do is under way, and when the caller is gone
	turn <- struct{}{}
	err := db.Group.Submit(ctx, &job{change: func(w *writer) error {
		select {
		case <-turn:
		default:
			return errGivenUp
		}
		defer func() { turn <- struct{}{} }()
		return do(w)
	}})
	<-turn
	return err
}
