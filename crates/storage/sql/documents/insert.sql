INSERT INTO documents (id, case_id, number, kind, template, data, data_sm3, state, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
