INSERT INTO windows (id, site, code, kind, sector, floor, body)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (id) DO UPDATE SET site = excluded.site, code = excluded.code, kind = excluded.kind, sector = excluded.sector, floor = excluded.floor, body = excluded.body
