UPDATE sign_ins SET ended_at = $1, ended_by = $2 WHERE account = $3 AND ended_at = 0
