INSERT INTO series (name, last) VALUES ($1, 1)
ON CONFLICT (name) DO UPDATE SET last = series.last + 1
RETURNING last
