INSERT INTO covers (id, agency, staff, deputy, from_on, to_on, ended_at)
VALUES ($1, $2, $3, $4, $5, $6, 0)
