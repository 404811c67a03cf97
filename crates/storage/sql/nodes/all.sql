SELECT number, holder, until_at, greatest FROM nodes ORDER BY number
