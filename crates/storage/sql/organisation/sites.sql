SELECT key, kind, name, body FROM sites ORDER BY key
