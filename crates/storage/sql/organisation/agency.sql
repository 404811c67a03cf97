SELECT key, name, body FROM agencies WHERE key = $1
