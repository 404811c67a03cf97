INSERT INTO journal (case_id, seq, body, hash)
VALUES ($1, $2, $3, $4)
