UPDATE texts SET body = '' WHERE id = $1
