SELECT year, body, loaded_at FROM calendar_years ORDER BY year
