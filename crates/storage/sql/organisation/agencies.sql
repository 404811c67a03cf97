SELECT key, name, body FROM agencies ORDER BY key
