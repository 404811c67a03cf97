SELECT DISTINCT sm3 FROM draft_files WHERE dropped_at > 0 AND dropped_at < $1 AND own = 1 AND sm3 > $2 ORDER BY sm3 LIMIT $3
