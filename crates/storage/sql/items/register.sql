SELECT i.key, v.id, v.version, v.status, v.valid_from, v.valid_to, v.body, COALESCE(d.state, '')
FROM items i JOIN item_versions v ON v.item_id = i.id AND v.version = i.version
LEFT JOIN item_drafts d ON d.version_id = v.id
WHERE i.key > $1
ORDER BY i.key LIMIT $2
