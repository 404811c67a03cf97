SELECT id, key, post, agency, site, body FROM staff WHERE key = $1
