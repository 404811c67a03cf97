UPDATE questions SET answer = $1, answered_by = $2, answered_at = $3, entry_question = $4, entry_answer = $5 WHERE id = $6
