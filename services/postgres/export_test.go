package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// TxAttempts and InTx let tests outside the package run transactions as the stores do.
const TxAttempts = txAttempts

func InTx(ctx context.Context, pool *pgxpool.Pool, do func(pgx.Tx) error) error {
	return inTx(ctx, pool, pgx.TxOptions{}, do)
}
