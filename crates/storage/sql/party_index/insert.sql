INSERT INTO party_index (party_id, case_id, number, number_tail, phone, phone_tail)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (party_id) DO UPDATE
SET number = excluded.number, number_tail = excluded.number_tail, phone = excluded.phone, phone_tail = excluded.phone_tail
