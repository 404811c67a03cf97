INSERT INTO audit (id, at, actor, kind, subject, body)
VALUES ($1, $2, $3, $4, $5, $6)
