INSERT INTO authorizations (id, agency, staff, valid_from, valid_to, body)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (id) DO UPDATE SET agency = excluded.agency, staff = excluded.staff, valid_from = excluded.valid_from, valid_to = excluded.valid_to, body = excluded.body
