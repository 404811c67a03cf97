UPDATE sign_ins SET seen_at = $1 WHERE token = $2 AND ended_at = 0
