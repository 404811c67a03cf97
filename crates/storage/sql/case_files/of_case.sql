SELECT id, case_id, material, sm3, media, size, at FROM case_files WHERE case_id = $1 ORDER BY id
