SELECT number, at, leaves, root, previous, public_key, hash, signature FROM anchors
WHERE number > $1
ORDER BY number LIMIT $2
