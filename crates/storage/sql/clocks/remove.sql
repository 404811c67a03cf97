DELETE FROM clocks WHERE case_id = $1 AND branch = $2 AND kind = $3
