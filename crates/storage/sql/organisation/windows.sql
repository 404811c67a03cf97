SELECT id, site, code, kind, sector, floor, body FROM windows WHERE site = $1 ORDER BY floor, code
