UPDATE accounts SET factor = $1 WHERE staff = $2 AND factor = $3
