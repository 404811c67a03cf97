SELECT i.key, v.id, v.version, v.status, v.valid_from, v.valid_to, v.body, d.state
FROM item_drafts d JOIN item_versions v ON v.id = d.version_id JOIN items i ON i.id = v.item_id
WHERE d.state = $1 AND i.key > $2
ORDER BY i.key LIMIT $3
