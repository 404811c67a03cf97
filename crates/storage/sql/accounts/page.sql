SELECT name, staff, demo, password, password_at, former, factor, factor_step, failures, failing_at, locked_until, closed_at FROM accounts WHERE name > $1 ORDER BY name LIMIT $2
