-- Of each placement one receipt and then uses of single pieces, in the order of time and not of parts.
CREATE TEMPORARY TABLE bookings ON COMMIT DROP AS
SELECT
    gen_random_uuid() AS id,
    part_id4,
    box_no,
    loc_no,
    CASE turn WHEN 1 THEN qty + turns - 1 ELSE -1 END AS delta_qty,
    qty + turns - turn AS quantity,
    CASE turn WHEN 1 THEN 'receive' ELSE 'use' END AS kind,
    timestamptz '2020-01-01' + (turn * 100000 + place) * interval '1 minute' AS at
FROM (
    SELECT *, (:rows / placements + (place <= :rows % placements)::int)::int AS turns
    FROM (
        SELECT *, row_number() OVER (ORDER BY id) AS place, count(*) OVER () AS placements FROM part_locations
    ) AS numbered
) AS placed, generate_series(1, turns) AS turn;

INSERT INTO stock_commands (id, part_id4, kind, payload, result, at)
SELECT id, part_id4, kind, '{}', jsonb_build_object('changes', jsonb_build_array(), 'quantity', quantity), at
FROM bookings ORDER BY at;

INSERT INTO history (command_id, part_id4, box_no, loc_no, delta_qty, reason, at)
SELECT id, part_id4, box_no, loc_no, delta_qty, kind, at FROM bookings ORDER BY at;
