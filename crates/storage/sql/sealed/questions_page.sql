SELECT id, question FROM questions WHERE id > $1 ORDER BY id LIMIT $2
