SELECT id, at, actor, case_id, kind FROM reads WHERE case_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3
