SELECT sm3, size, media, at FROM files WHERE sm3 > $1 AND sm3 < $2 ORDER BY sm3 LIMIT $3
