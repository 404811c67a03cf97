SELECT id, item_id, version, status, valid_from, valid_to, name, kind, agency, sector, source_id, body, body_sm3
FROM item_versions WHERE item_id = $1 ORDER BY version
