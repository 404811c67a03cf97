SELECT name, sm3 FROM migrations ORDER BY name
