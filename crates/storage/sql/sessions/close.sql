UPDATE window_sessions SET closed_at = $1 WHERE id = $2
