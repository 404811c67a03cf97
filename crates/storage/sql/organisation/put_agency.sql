INSERT INTO agencies (key, name, body)
VALUES ($1, $2, $3)
ON CONFLICT (key) DO UPDATE SET name = excluded.name, body = excluded.body
