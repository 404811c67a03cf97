SELECT id, body FROM drafts WHERE id > $1 ORDER BY id LIMIT $2
