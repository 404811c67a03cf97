UPDATE epochs SET n = n + 1 WHERE kind = $1
