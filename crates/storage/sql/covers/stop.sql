UPDATE covers SET ended_at = $1 WHERE id = $2
