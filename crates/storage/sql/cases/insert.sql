INSERT INTO cases (id, case_no, exchange_no, version, stage, site, item_version, agency, state, head_hash, received_at, received_on, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
