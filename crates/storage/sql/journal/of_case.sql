SELECT case_id, seq, body, hash FROM journal WHERE case_id = $1 ORDER BY seq
