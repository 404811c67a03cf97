DELETE FROM kept_forms WHERE staff = $1
