INSERT INTO window_sessions (id, site, code, staff, opened_at, closed_at)
VALUES ($1, $2, $3, $4, $5, $6)
