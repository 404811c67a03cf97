SELECT CAST(COUNT(*) AS BIGINT) FROM drafts WHERE body >= $1 AND body < $2
