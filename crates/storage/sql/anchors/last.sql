SELECT number, at, leaves, root, previous, public_key, hash, signature FROM anchors
ORDER BY number DESC LIMIT 1
