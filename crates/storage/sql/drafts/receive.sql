UPDATE drafts SET state = 'received', case_id = $1, body = '', version = version + 1, updated_at = $2 WHERE id = $3 AND version = $4 AND state = 'open'
