SELECT id, case_id, kind, body, sm3 FROM texts WHERE id = $1
