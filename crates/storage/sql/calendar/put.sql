INSERT INTO calendar_years (year, body, loaded_at)
VALUES ($1, $2, $3)
ON CONFLICT (year) DO UPDATE SET body = excluded.body, loaded_at = excluded.loaded_at
