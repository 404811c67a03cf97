SELECT site, window_code, case_id, invited_at FROM evaluators WHERE site = $1 AND window_code = $2
