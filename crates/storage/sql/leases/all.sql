SELECT name, holder, until_at FROM leases ORDER BY name
