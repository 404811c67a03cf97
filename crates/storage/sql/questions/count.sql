SELECT CAST(COUNT(*) AS BIGINT) FROM (SELECT id FROM questions WHERE agency = $1 AND answered_at = 0 LIMIT $2) AS counted
