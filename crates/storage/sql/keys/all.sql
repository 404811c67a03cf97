SELECT id, made_at, sealing, replaced_at, removed_at FROM vault_keys ORDER BY made_at, id
