INSERT INTO nodes (number, holder, until_at, greatest) VALUES ($1, $2, $3, 0) ON CONFLICT (number) DO NOTHING
