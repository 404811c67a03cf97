SELECT case_no FROM cases WHERE case_no >= $1 AND case_no < $2 ORDER BY case_no LIMIT 1
