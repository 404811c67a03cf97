UPDATE questions SET answer = $1 WHERE id = $2 AND answer = $3
