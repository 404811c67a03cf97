INSERT INTO refusals (act_id, at, actor, kind, case_id, code, law, article, detail)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (act_id, at) DO NOTHING
