SELECT act_id, at, actor, kind, case_id, code, law, article, detail FROM refusals
WHERE case_id = $1
ORDER BY at, act_id
