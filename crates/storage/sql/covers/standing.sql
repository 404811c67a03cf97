SELECT id, agency, staff, deputy, from_on, to_on, ended_at FROM covers WHERE ended_at = 0 ORDER BY agency, to_on, id
