UPDATE documents SET state = $1 WHERE case_id = $2 AND kind = $3 AND state <> 'voided'
