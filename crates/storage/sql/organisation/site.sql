SELECT key, kind, name, body FROM sites WHERE key = $1
