SELECT id, site, code, staff, opened_at, closed_at FROM window_sessions WHERE staff = $1 AND closed_at = 0
