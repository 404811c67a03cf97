INSERT INTO draft_files (draft_id, sm3, own, dropped_at) VALUES ($1, $2, $3, 0)
ON CONFLICT (draft_id, sm3) DO UPDATE SET dropped_at = excluded.dropped_at
