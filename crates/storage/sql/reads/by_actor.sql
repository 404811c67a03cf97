SELECT id, at, actor, case_id, kind FROM reads WHERE actor = $1 AND id < $2 ORDER BY id DESC LIMIT $3
