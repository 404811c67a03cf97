UPDATE questions SET answer = $1, answered_by = $2, answered_at = $3 WHERE id = $4
