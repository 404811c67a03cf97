SELECT case_id, branch, kind, began_on, ordinal, due_on, provisional, state FROM clocks WHERE case_id = $1 ORDER BY branch, kind
