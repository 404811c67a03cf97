UPDATE documents SET state = $1 WHERE number = $2 AND state <> 'voided'
