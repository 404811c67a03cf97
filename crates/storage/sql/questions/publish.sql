UPDATE questions SET entry_question = $1, entry_answer = $2 WHERE id = $3
