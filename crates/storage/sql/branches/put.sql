INSERT INTO branches (case_id, agency, stage, updated_at)
VALUES ($1, $2, $3, $4)
ON CONFLICT (case_id, agency) DO UPDATE SET stage = excluded.stage, updated_at = excluded.updated_at
