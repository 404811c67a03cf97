UPDATE drafts SET clerk = $1, version = $2, state = $3, case_id = $4, body = $5, updated_at = $6 WHERE id = $7
