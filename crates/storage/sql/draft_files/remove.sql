DELETE FROM files
WHERE sm3 = $1
    AND NOT EXISTS (SELECT 1 FROM case_files c WHERE c.sm3 = files.sm3)
    AND NOT EXISTS (SELECT 1 FROM draft_files f WHERE f.sm3 = files.sm3 AND (f.dropped_at = 0 OR f.dropped_at >= $2))
