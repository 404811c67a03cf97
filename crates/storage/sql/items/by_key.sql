SELECT id, key, version FROM items WHERE key = $1
