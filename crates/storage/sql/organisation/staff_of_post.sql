SELECT id, key, post, agency, site, body FROM staff WHERE post = $1 AND agency = $2 AND site = $3 ORDER BY id
