UPDATE vault_keys SET removed_at = $1 WHERE id = $2
