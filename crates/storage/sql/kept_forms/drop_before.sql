DELETE FROM kept_forms WHERE at < $1
