INSERT INTO case_files (id, case_id, material, sm3, media, size, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
