UPDATE leases SET until_at = $1 WHERE name = $2 AND holder = $3
