SELECT i.key, i.id, v.id, v.version, v.status, v.source_id, v.body_sm3
FROM items i JOIN item_versions v ON v.item_id = i.id AND v.version = i.version
WHERE i.key > $1
ORDER BY i.key LIMIT $2
