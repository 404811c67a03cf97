SELECT CAST(COUNT(*) AS BIGINT) FROM texts WHERE body >= $1 AND body < $2
