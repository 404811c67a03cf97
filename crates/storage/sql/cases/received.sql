SELECT id, case_no, exchange_no, version, stage, site, item_version, agency, state, head_hash, received_at, received_on, updated_at
FROM cases WHERE site = $1 AND received_on = $2 AND id > $3
ORDER BY id LIMIT $4
