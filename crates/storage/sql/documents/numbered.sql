SELECT id FROM documents WHERE state = 'numbered' AND id > $1 ORDER BY id LIMIT $2
