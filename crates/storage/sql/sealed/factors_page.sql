SELECT staff, factor FROM accounts WHERE staff > $1 ORDER BY staff LIMIT $2
