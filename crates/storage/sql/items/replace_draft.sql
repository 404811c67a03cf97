UPDATE item_versions SET name = $1, kind = $2, agency = $3, sector = $4, source_id = $5, body = $6, body_sm3 = $7
WHERE id = $8 AND status = 'draft'
