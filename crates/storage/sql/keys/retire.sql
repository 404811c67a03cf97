UPDATE vault_keys SET sealing = 0, replaced_at = $1 WHERE id = $2
