SELECT id, at, actor, kind, subject, body FROM audit WHERE (at, id) > ($1, $2) ORDER BY at, id LIMIT $3
