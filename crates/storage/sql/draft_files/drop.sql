UPDATE draft_files SET dropped_at = $1 WHERE draft_id = $2 AND dropped_at = 0
