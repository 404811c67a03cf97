SELECT id, key, post, agency, site, body FROM staff ORDER BY id
