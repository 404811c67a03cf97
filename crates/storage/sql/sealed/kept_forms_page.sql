SELECT staff, body FROM kept_forms WHERE staff > $1 ORDER BY staff LIMIT $2
