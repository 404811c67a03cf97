SELECT calendar.n, organisation.n, COALESCE((SELECT holder FROM nodes WHERE number = $1), '')
FROM epochs AS calendar, epochs AS organisation
WHERE calendar.kind = 'calendar' AND organisation.kind = 'organisation'
