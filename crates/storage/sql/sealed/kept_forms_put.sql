UPDATE kept_forms SET body = $1 WHERE staff = $2 AND body = $3
