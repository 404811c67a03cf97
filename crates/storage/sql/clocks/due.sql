SELECT case_id, branch, kind, began_on, ordinal, due_on, provisional, state FROM clocks
WHERE kind = $1 AND state = 'running' AND due_on <= $2 AND (due_on, case_id, branch) > ($3, $4, $5)
ORDER BY due_on, case_id, branch LIMIT $6
