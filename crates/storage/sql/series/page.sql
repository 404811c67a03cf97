SELECT name, last FROM series WHERE name > $1 AND name < $2 ORDER BY name LIMIT $3
