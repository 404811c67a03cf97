SELECT COUNT(*) FROM clocks WHERE kind = $1 AND state = 'running' AND due_on >= $2 AND due_on <= $3
