UPDATE questions SET question = $1 WHERE id = $2 AND question = $3
