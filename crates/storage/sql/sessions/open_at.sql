SELECT id, site, code, staff, opened_at, closed_at FROM window_sessions WHERE site = $1 AND closed_at = 0 ORDER BY code
