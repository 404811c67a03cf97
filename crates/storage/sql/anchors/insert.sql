INSERT INTO anchors (number, at, leaves, root, previous, public_key, hash, signature)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
