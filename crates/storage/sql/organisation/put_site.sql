INSERT INTO sites (key, kind, name, body)
VALUES ($1, $2, $3, $4)
ON CONFLICT (key) DO UPDATE SET kind = excluded.kind, name = excluded.name, body = excluded.body
