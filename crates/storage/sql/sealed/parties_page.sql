SELECT id, body FROM parties WHERE id > $1 ORDER BY id LIMIT $2
