SELECT id, agency, staff, valid_from, valid_to, body FROM authorizations WHERE id = $1
