DELETE FROM claims WHERE case_id = $1 AND agency = $2
