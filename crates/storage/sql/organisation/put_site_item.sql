INSERT INTO site_items (site, item_key, duty, window_kind, sector, body)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (site, item_key) DO UPDATE SET duty = excluded.duty, window_kind = excluded.window_kind, sector = excluded.sector, body = excluded.body
