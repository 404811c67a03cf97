SELECT CAST(COUNT(*) AS BIGINT) FROM parties WHERE body >= $1 AND body < $2
