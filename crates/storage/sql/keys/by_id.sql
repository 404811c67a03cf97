SELECT id, made_at, sealing, replaced_at, removed_at FROM vault_keys WHERE id = $1
