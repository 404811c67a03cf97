INSERT INTO parties (id, kind, body, sm3)
VALUES ($1, $2, $3, $4)
