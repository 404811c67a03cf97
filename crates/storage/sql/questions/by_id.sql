SELECT id, draft_id, item_key, item_name, agency, site, asked_by, asked_at, due_on, question, answer, answered_by, answered_at, entry_question, entry_answer FROM questions WHERE id = $1
