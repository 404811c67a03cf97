INSERT INTO vault_keys (id, made_at, sealing, replaced_at, removed_at)
VALUES ($1, $2, $3, 0, 0)
