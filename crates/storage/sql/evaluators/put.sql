INSERT INTO evaluators (site, window_code, case_id, invited_at)
VALUES ($1, $2, $3, $4)
ON CONFLICT (site, window_code) DO UPDATE SET case_id = excluded.case_id, invited_at = excluded.invited_at
