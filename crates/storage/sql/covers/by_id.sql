SELECT id, agency, staff, deputy, from_on, to_on, ended_at FROM covers WHERE id = $1
