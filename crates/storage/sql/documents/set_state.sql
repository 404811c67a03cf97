UPDATE documents SET state = $1 WHERE id = $2
