SELECT case_id, seq, body, hash FROM journal
WHERE case_id > $1 AND case_id <= $2
ORDER BY case_id, seq
