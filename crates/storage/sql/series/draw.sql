INSERT INTO series (name, last) VALUES ($1, $2)
ON CONFLICT (name) DO UPDATE SET last = series.last + excluded.last
RETURNING last
