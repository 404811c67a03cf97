INSERT INTO sign_ins (token, account, opened_at, seen_at, until_at, ended_at, ended_by)
VALUES ($1, $2, $3, $4, $5, $6, $7)
