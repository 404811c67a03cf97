SELECT id, visit, clerk, site, version, state, case_id, body, updated_at FROM drafts WHERE id = $1
