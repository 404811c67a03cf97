SELECT id, site, window_id, staff, opened_at, closed_at FROM window_sessions WHERE window_id = $1 AND closed_at = 0
