INSERT INTO acts (id, actor, kind, body_hash, answer, at, case_id, seq, head)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
