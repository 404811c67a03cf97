SELECT token, account, opened_at, seen_at, until_at, ended_at, ended_by FROM sign_ins WHERE account = $1 AND ended_at = 0
