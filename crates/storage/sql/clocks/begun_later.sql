SELECT case_id, branch, kind, began_on, ordinal, due_on, provisional, state FROM clocks
WHERE kind = $1 AND state = 'running' AND due_on >= $2 AND (ordinal = 0 OR began_on >= $3) AND case_id > $4
ORDER BY case_id, branch LIMIT $5
