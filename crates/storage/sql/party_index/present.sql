SELECT party_id, case_id FROM party_index WHERE party_id >= $1 AND party_id <= $2 ORDER BY party_id
