INSERT INTO reads (id, at, actor, case_id, kind)
VALUES ($1, $2, $3, $4, $5)
