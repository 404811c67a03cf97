SELECT case_id, seq, head, id FROM acts
WHERE case_id > $1 AND case_id <= $2
ORDER BY case_id, seq
