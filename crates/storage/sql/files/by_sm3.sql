SELECT sm3, size, media, at FROM files WHERE sm3 = $1
