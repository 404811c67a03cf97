SELECT CAST(COALESCE(MAX(ordinal), 0) AS BIGINT) FROM clocks WHERE kind = $1 AND state = 'running'
