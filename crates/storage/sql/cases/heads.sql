SELECT id, case_no, version, head_hash FROM cases WHERE id > $1 ORDER BY id LIMIT $2
