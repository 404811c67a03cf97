UPDATE accounts SET password = $1, password_at = $2, former = $3, factor = $4, factor_step = $5, failures = $6, failing_at = $7, locked_until = $8, closed_at = $9
WHERE name = $10
