SELECT act_id, at, actor, kind, case_id, code, law, article, detail FROM refusals
WHERE (at, act_id) > ($1, $2)
ORDER BY at, act_id LIMIT $3
