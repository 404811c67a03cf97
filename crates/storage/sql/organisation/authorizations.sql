SELECT id, agency, staff, valid_from, valid_to, body FROM authorizations WHERE agency = $1 ORDER BY valid_from, id
