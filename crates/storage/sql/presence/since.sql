SELECT staff, seen_at FROM presence WHERE case_id = $1 AND seen_at >= $2 ORDER BY staff
