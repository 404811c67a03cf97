INSERT INTO items (id, key, version)
VALUES ($1, $2, $3)
