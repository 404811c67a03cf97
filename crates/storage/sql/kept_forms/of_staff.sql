SELECT staff, at, path, media, body FROM kept_forms WHERE staff = $1
