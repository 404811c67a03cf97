INSERT INTO accounts (name, staff, demo, password, password_at, former, factor, factor_step, failures, failing_at, locked_until, closed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
