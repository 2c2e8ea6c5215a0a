INSERT INTO types (name, position) SELECT 'Type ' || n, n FROM generate_series(1, 40) n;

INSERT INTO boxes (box_no, description, capacity) OVERRIDING SYSTEM VALUE
SELECT n, 'box ' || n, 100 FROM generate_series(1, :parts / 100 + 1) n;

INSERT INTO locations (box_id, box_no, loc_no) SELECT id, box_no, n FROM boxes, generate_series(1, 100) n;

INSERT INTO blobs (sha256, bucket, s3_key, size, media_type, page_count)
VALUES (repeat('a', 64), 'docs', 'a', 1, 'application/pdf', 1);

-- The letters count in base 26, scrambled so that neighbours in time are none by name.
INSERT INTO parts (id4, manufacturer_code, manufacturer, type_id, description, tags, created_at, updated_at)
SELECT
    chr(65 + s / 17576) || chr(65 + s / 676 % 26) || chr(65 + s / 26 % 26) || chr(65 + s % 26),
    CASE n % 5
        WHEN 0 THEN 'RC0603FR-07' || n || 'KL-EMBOSSED-TAPE'
        WHEN 1 THEN 'GRM1' || n || 'KA93D'
        WHEN 2 THEN 'SN74' || n || 'N'
        WHEN 3 THEN upper(substr(md5(n::text), 1, 9))
    END,
    'Maker ' || n % 97,
    (SELECT min(id) FROM types) + (40 * power(random(), 3))::int % 40,
    'a part to count with, number ' || n,
    ARRAY['tag-' || (200 * power(random(), 3))::int, 'kind-' || n % 7, 'rare-' || n % 5000],
    timestamptz '2020-01-01' + n * interval '1 minute',
    timestamptz '2020-01-01' + n * 7919 % :parts * interval '1 minute'
FROM (SELECT n, (n * 104729 % 456976)::int s FROM generate_series(1::bigint, :parts) n) numbered;

INSERT INTO part_locations (part_id4, box_no, loc_no, qty)
SELECT id4, (n / 100 + shift * 7) % (:parts / 100) + 1, n % 100 + 1, n % 500 + 1
FROM (SELECT id4, row_number() OVER (ORDER BY created_at) n FROM parts) numbered, generate_series(0, 1) shift
WHERE n % 11 <> 0 AND (shift = 0 OR n % 3 = 0);

UPDATE locations SET is_free = false
FROM part_locations AS used WHERE used.box_no = locations.box_no AND used.loc_no = locations.loc_no;

INSERT INTO documents (part_id4, kind, is_datasheet, blob_sha256)
SELECT id4, 'pdf', true, repeat('a', 64) FROM parts WHERE random() < 0.6;

INSERT INTO suggestions (part_id4, field, value, confidence, evidence, state)
SELECT id4, 'tags', '["smd"]', 0.5, '[]', CASE WHEN random() < 0.1 THEN 'proposed' ELSE 'accepted' END
FROM parts WHERE random() < 0.5;

-- Triggers do not fire for rows that are made like this.
INSERT INTO suggestion_tallies (field, state, change) SELECT field, state, count(*) FROM suggestions GROUP BY 1, 2;

ANALYZE types, boxes, locations, parts, part_locations, documents, suggestions;
