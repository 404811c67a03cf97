DELETE FROM draft_files
WHERE sm3 = $1 AND dropped_at > 0 AND dropped_at < $2
    AND NOT EXISTS (SELECT 1 FROM draft_files f WHERE f.sm3 = draft_files.sm3 AND (f.dropped_at = 0 OR f.dropped_at >= $2))
