SELECT p.party_id, p.case_id FROM party_index p JOIN cases c ON c.id = p.case_id
WHERE (p.number = $1 OR p.phone = $1 OR p.number_tail = $1 OR p.phone_tail = $1) AND p.case_id < $2
    AND (c.agency = $3 OR EXISTS (SELECT 1 FROM branches b WHERE b.case_id = c.id AND b.agency = $3))
ORDER BY p.case_id DESC, p.party_id LIMIT $4
