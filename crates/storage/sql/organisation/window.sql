SELECT id, site, code, kind, sector, floor, body FROM windows WHERE id = $1
