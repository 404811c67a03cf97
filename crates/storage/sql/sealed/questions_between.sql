SELECT CAST(COUNT(*) AS BIGINT) FROM questions WHERE question >= $1 AND question < $2
