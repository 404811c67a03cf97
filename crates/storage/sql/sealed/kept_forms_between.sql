SELECT CAST(COUNT(*) AS BIGINT) FROM kept_forms WHERE body >= $1 AND body < $2
