SELECT p.party_id, p.case_id FROM party_index p JOIN cases c ON c.id = p.case_id
WHERE (p.number = $1 OR p.phone = $1 OR p.number_tail = $1 OR p.phone_tail = $1) AND p.case_id < $2
    AND c.site = $3
ORDER BY p.case_id DESC, p.party_id LIMIT $4
