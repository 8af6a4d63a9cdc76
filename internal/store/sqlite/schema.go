package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"strings"

	"github.com/chargeyard/chargeyard/internal/store"
	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// applicationID marks our files ("CHYD"), so that a foreign database is not taken for ours.
const applicationID = 0x43485944

// prepareSchema checks whose file it is and brings its schema up to date.
func prepareSchema(ctx context.Context, pool *sql.DB) error {
	if err := claim(ctx, pool); err != nil {
		return err
	}
	if err := checkPages(ctx, pool); err != nil {
		return err
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, pool, files)
	if err != nil {
		return err
	}
	has, wants, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("reading the version of the schema: %w", err)
	}
	if has > wants {
		return fmt.Errorf("%w: its schema is %d, this program knows %d", store.ErrNewer, has, wants)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrating the schema: %w", err)
	}
	return nil
}

// claim marks an empty file as ours and refuses one of another program.
func claim(ctx context.Context, pool *sql.DB) error {
	var id, tables int
	if err := pool.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id); err != nil {
		return err
	}
	if err := pool.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&tables); err != nil {
		return err
	}
	switch {
	case id == applicationID:
		return nil
	case id != 0 || tables > 0:
		return store.ErrForeign
	}
	_, err := pool.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d", applicationID))
	return err
}

// maxChecked is how many pages are checked when the store is opened: those of 32 MiB take a moment. In a larger file damage
// shows when somebody reads it.
const maxChecked = 8192

// checkPages refuses a file with damaged pages.
func checkPages(ctx context.Context, pool *sql.DB) error {
	var pages int
	if err := pool.QueryRowContext(ctx, "PRAGMA page_count").Scan(&pages); err != nil || pages > maxChecked {
		return err
	}
	var verdict string
	if err := pool.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&verdict); err != nil {
		return err
	}
	if verdict != "ok" {
		return fmt.Errorf("%w: %s", store.ErrCorrupt, strings.Join(strings.Fields(verdict), " "))
	}
	return nil
}
