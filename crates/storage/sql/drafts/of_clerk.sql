SELECT id, visit, clerk, site, version, state, case_id, body, updated_at FROM drafts WHERE clerk = $1 AND state = $2 ORDER BY updated_at DESC, id DESC LIMIT $3
