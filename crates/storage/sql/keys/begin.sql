UPDATE vault_keys SET sealing = 1 WHERE id = $1
