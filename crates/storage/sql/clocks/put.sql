INSERT INTO clocks (case_id, branch, kind, began_on, ordinal, due_on, provisional, state, site)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, COALESCE((SELECT site FROM cases WHERE id = $1), ''))
ON CONFLICT (case_id, branch, kind) DO UPDATE SET began_on = excluded.began_on, ordinal = excluded.ordinal, due_on = excluded.due_on, provisional = excluded.provisional, state = excluded.state
