SELECT party_id, case_id FROM party_index
WHERE (number = $1 OR phone = $1 OR number_tail = $1 OR phone_tail = $1) AND case_id < $2
ORDER BY case_id DESC, party_id LIMIT $3
