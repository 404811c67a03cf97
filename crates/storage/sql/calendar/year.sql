SELECT year, body, loaded_at FROM calendar_years WHERE year = $1
