INSERT INTO files (sm3, size, media, at)
VALUES ($1, $2, $3, $4)
ON CONFLICT (sm3) DO UPDATE SET size = excluded.size
