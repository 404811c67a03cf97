INSERT INTO texts (id, case_id, kind, body, sm3)
VALUES ($1, $2, $3, $4, $5)
