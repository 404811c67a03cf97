INSERT INTO case_files (id, case_id, material, sm3, media, size, at, from_case) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
