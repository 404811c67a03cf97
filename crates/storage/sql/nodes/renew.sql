UPDATE nodes SET until_at = $1, greatest = CASE WHEN greatest < $2 THEN $2 ELSE greatest END
WHERE number = $3 AND holder = $4
