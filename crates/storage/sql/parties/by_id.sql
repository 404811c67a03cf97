SELECT id, kind, body, sm3 FROM parties WHERE id = $1
