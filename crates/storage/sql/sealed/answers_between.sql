SELECT CAST(COUNT(*) AS BIGINT) FROM questions WHERE answer >= $1 AND answer < $2
