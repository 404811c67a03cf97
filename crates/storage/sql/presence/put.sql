INSERT INTO presence (case_id, staff, seen_at)
VALUES ($1, $2, $3)
ON CONFLICT (case_id, staff) DO UPDATE SET seen_at = excluded.seen_at
