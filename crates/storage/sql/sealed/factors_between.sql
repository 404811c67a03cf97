SELECT CAST(COUNT(*) AS BIGINT) FROM accounts WHERE factor >= $1 AND factor < $2
