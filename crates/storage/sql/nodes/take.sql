UPDATE nodes SET holder = $1, until_at = $2 WHERE number = $3 AND holder = $4 AND until_at = $5
