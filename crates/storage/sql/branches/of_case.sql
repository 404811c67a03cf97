SELECT case_id, agency, stage, updated_at FROM branches WHERE case_id = $1 ORDER BY agency
