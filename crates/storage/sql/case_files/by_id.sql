SELECT id, case_id, material, sm3, media, size, at FROM case_files WHERE id = $1
