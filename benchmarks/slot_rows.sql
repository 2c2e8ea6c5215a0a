INSERT INTO types (name, position, unit)
SELECT 'Type ' || n, n, CASE WHEN n % 4 = 1 THEN 'ohm' END FROM generate_series(1, 40) n;

INSERT INTO boxes (box_no, description, capacity) OVERRIDING SYSTEM VALUE
SELECT n, 'box ' || n, 60 FROM generate_series(1, (:parts / 0.85)::int / 60 + 1) n;

INSERT INTO locations (box_id, box_no, loc_no) SELECT id, box_no, n FROM boxes, generate_series(1, 60) n;

-- Few types have most of the parts, as Zipf saw it; 20,000 parts lie nowhere yet.
INSERT INTO parts (id4, manufacturer_code, description, type_id)
SELECT
    chr(65 + s / 17576) || chr(65 + s / 676 % 26) || chr(65 + s / 26 % 26) || chr(65 + s % 26),
    'PN' || n * 7919 % 1000003,
    n * 104729 % 9973 || 'R 1%',
    (SELECT min(id) FROM types) + floor(exp(ln(41) * (n * 48271 % 2147483647 % 10000) / 10000.0))::int - 1
FROM (SELECT n, (n * 104729 % 456976)::int s FROM generate_series(1::bigint, :parts + 20000) n) numbered;

INSERT INTO part_locations (part_id4, box_no, loc_no, qty)
SELECT id4, box_no, loc_no, 5
FROM (
    SELECT id4, row_number() OVER (
        ORDER BY CASE WHEN :shuffled = 1 THEN md5(id4) END, type_id, kin_order, id4
    ) AS place
    FROM parts WHERE id4 IN (SELECT id4 FROM parts ORDER BY md5('x' || id4) LIMIT :parts)
) AS ordered JOIN (
    SELECT box_no, loc_no, row_number() OVER (ORDER BY box_no, loc_no) AS place
    FROM locations WHERE :packed = 1 OR (box_no * 7919 + loc_no * 104729) % 100 < 86
) AS filled USING (place);

ANALYZE;
