INSERT INTO types (name, position) SELECT 'Kind ' || n, 1000 + n FROM generate_series(1, :types) n;

INSERT INTO boxes (description, capacity) SELECT 'box of kinds', :capacity FROM generate_series(1, :boxes);

INSERT INTO locations (box_id, box_no, loc_no)
SELECT id, box_no, n FROM boxes, generate_series(1, :capacity) n WHERE description = 'box of kinds';

INSERT INTO parts (id4, manufacturer_code, type_id, description)
SELECT
    chr(65 + n / 17576) || chr(65 + n / 676 % 26) || chr(65 + n / 26 % 26) || chr(65 + n % 26),
    'KIND' || n,
    (SELECT min(id) FROM types WHERE name LIKE 'Kind %') + abs(hashint4(n)) % :types,
    'a bag to move, number ' || n
FROM generate_series(1, :parts) n;

INSERT INTO stock_commands (id, part_id4, kind, payload, result)
SELECT md5(id4)::uuid, id4, 'receive', '{}', jsonb_build_object('changes', '[]'::jsonb, 'quantity', 10 + (hashtext(id4) & 63))
FROM parts WHERE manufacturer_code LIKE 'KIND%';

-- Bags lie anywhere, so that each kind lies in all boxes.
INSERT INTO part_locations (part_id4, box_no, loc_no, qty)
SELECT id4, box_no, loc_no, 10 + (hashtext(id4) & 63)
FROM (SELECT id4, row_number() OVER (ORDER BY id4) n FROM parts WHERE manufacturer_code LIKE 'KIND%') bags
JOIN (
    SELECT box_no, loc_no, row_number() OVER (ORDER BY md5(box_no || '-' || loc_no)) n
    FROM locations JOIN boxes USING (box_no) WHERE description = 'box of kinds'
) slots USING (n);

INSERT INTO history (command_id, part_id4, delta_qty, reason, box_no, loc_no)
SELECT md5(part_id4)::uuid, part_id4, qty, 'receive', box_no, loc_no
FROM part_locations JOIN parts ON id4 = part_id4 WHERE manufacturer_code LIKE 'KIND%';

ANALYZE types, boxes, locations, parts, part_locations, history, stock_commands;
