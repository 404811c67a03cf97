UPDATE item_versions SET status = $1, valid_from = $2, valid_to = $3 WHERE id = $4
