UPDATE clocks SET due_on = $1, provisional = $2
WHERE kind = $3 AND state = 'running' AND due_on = $4 AND ordinal = $5 AND began_on < $6
