INSERT INTO claims (case_id, agency, staff)
VALUES ($1, $2, $3)
ON CONFLICT (case_id, agency) DO UPDATE SET staff = excluded.staff
