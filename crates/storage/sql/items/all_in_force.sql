SELECT i.key, v.id, v.item_id, v.version, v.status, v.valid_from, v.valid_to, v.name, v.kind, v.agency, v.sector, v.source_id, v.body, v.body_sm3
FROM items i JOIN item_versions v ON v.item_id = i.id
WHERE i.key > $1 AND v.status = 'published' AND v.valid_from <= $2 AND (v.valid_to = '' OR v.valid_to >= $2)
ORDER BY i.key, v.version LIMIT $3
