SELECT id, body FROM texts WHERE id > $1 ORDER BY id LIMIT $2
