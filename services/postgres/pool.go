// Package postgres keeps people, sessions, drafts, parsed fields, findings and a projection
// of the ledger in PostgreSQL.
//
// SQL stands in queries/, one file per noun, and in migrations/; the code in internal/db is
// generated from both by sqlc (go generate). Methods of a store own the transaction; what
// they call takes it.
package postgres

//go:generate sqlc generate

import (
	"context"
	"fmt"
	"maps"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Limits of the pool.
const (
	maxConns       = 24
	connectTimeout = 5 * time.Second
	idleTime       = 5 * time.Minute
)

// sessionParams are set on every connection, ours or a managed server's: a statement, a wait
// for a lock or a forgotten transaction ends by itself.
func sessionParams() map[string]string {
	return map[string]string{
		"application_name":                    "countersign",
		"timezone":                            "UTC",
		"statement_timeout":                   "60s",
		"lock_timeout":                        "10s",
		"idle_in_transaction_session_timeout": "60s",
	}
}

// Open makes a pool of connections and checks that the server answers.
//
// The connection string may hold a password: it is in no error.
func Open(ctx context.Context, connString string) (*pgxpool.Pool, error) {
	cfg, err := pgxpool.ParseConfig(connString)
	if err != nil {
		return nil, fmt.Errorf("postgres: connection string: %w", err) // pgx takes the password out
	}
	cfg.MaxConns = maxConns
	cfg.MaxConnIdleTime = idleTime
	cfg.ConnConfig.ConnectTimeout = connectTimeout
	maps.Copy(cfg.ConnConfig.RuntimeParams, sessionParams())
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("postgres: open pool: %w", err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("postgres: connect: %w", err)
	}
	return pool, nil
}
