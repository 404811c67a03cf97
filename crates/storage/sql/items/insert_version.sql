INSERT INTO item_versions (id, item_id, version, status, valid_from, valid_to, name, kind, agency, sector, source_id, body, body_sm3)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
