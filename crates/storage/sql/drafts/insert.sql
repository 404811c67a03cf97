INSERT INTO drafts (id, visit, clerk, site, version, state, case_id, body, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
