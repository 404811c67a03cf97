SELECT case_id, seq, body, hash FROM journal
WHERE (case_id, seq) > ($1, $2)
ORDER BY case_id, seq LIMIT $3
