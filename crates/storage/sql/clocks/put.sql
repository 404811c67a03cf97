INSERT INTO clocks (case_id, branch, kind, ordinal, due_on, provisional, state)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (case_id, branch, kind) DO UPDATE SET ordinal = excluded.ordinal, due_on = excluded.due_on, provisional = excluded.provisional, state = excluded.state
