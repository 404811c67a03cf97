INSERT INTO kept_forms (staff, at, path, media, body) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (staff) DO UPDATE SET at = excluded.at, path = excluded.path, media = excluded.media, body = excluded.body
