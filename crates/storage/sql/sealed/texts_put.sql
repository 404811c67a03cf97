UPDATE texts SET body = $1 WHERE id = $2 AND body = $3
