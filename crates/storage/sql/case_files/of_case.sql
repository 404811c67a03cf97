SELECT id, case_id, material, sm3, media, size, at, from_case FROM case_files WHERE case_id = $1 ORDER BY id
