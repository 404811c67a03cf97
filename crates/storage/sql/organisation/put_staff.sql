INSERT INTO staff (id, key, post, agency, site, body)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (id) DO UPDATE SET key = excluded.key, post = excluded.post, agency = excluded.agency, site = excluded.site, body = excluded.body
