UPDATE cases SET version = $1, stage = $2, agency = $3, state = $4, head_hash = $5, updated_at = $6
WHERE id = $7
