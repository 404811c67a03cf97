SELECT id, visit, clerk, site, version, state, case_id, body, updated_at FROM drafts WHERE case_id = $1 AND state = $2 ORDER BY id LIMIT 1
