SELECT id, key, post, agency, site, body FROM staff WHERE id = $1
