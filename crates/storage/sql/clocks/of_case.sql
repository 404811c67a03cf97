SELECT case_id, branch, kind, ordinal, due_on, provisional, state FROM clocks WHERE case_id = $1 ORDER BY branch, kind
