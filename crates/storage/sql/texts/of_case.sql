SELECT id, case_id, kind, body, sm3 FROM texts WHERE case_id = $1 ORDER BY id
