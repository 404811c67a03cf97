SELECT id, case_id, material, sm3, media, size, at, from_case FROM case_files WHERE id = $1
