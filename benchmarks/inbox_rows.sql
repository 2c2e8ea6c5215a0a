-- Each suggestion of a photo of its own: letters as in inventory_rows.sql, a thumbnail, a run, and evidence as it is.
INSERT INTO parts (id4, manufacturer_code, manufacturer, description)
SELECT
    chr(65 + n / 17576) || chr(65 + n / 676 % 26) || chr(65 + n / 26 % 26) || chr(65 + n % 26),
    'SN74' || n || 'N', 'Maker ' || n % 97, 'a part to decide on, number ' || n
FROM generate_series(0, :suggestions / 2) n;

INSERT INTO documents (part_id4, kind, blob_sha256) SELECT id4, 'image', md5(id4) || md5(id4) FROM parts;

UPDATE parts SET image_id = documents.id FROM documents WHERE documents.part_id4 = parts.id4;

INSERT INTO pipeline_runs (id, pipeline, input, part_id4, time_limit, state, finished_at)
SELECT
    gen_random_uuid(), 'photo_intake', jsonb_build_object('photo_sha256', md5(id4) || md5(id4)), id4,
    interval '1 hour', 'partial', now()
FROM parts;

INSERT INTO suggestions (part_id4, run_id, field, value, confidence, evidence, state)
SELECT
    part_id4, id, field,
    CASE field
        WHEN 'part_number' THEN '{"manufacturer_code": "SN74HC00N", "manufacturer": null, "description": null}'
        ELSE '["smd", "logic"]'
    END::jsonb,
    round(random()::numeric, 2),
    '[{"kind": "marking", "quote": "SN74HC00N", "source": null, "page": null,
       "region": {"x": 0.1, "y": 0.2, "width": 0.3, "height": 0.05}},
      {"kind": "catalogue", "quote": "SN74HC00N", "source": "kicad", "page": null, "region": null}]',
    state
FROM
    (SELECT id, part_id4 FROM pipeline_runs ORDER BY part_id4 LIMIT :suggestions / 2) runs,
    unnest(ARRAY['part_number', 'tags']) field,
    unnest(ARRAY['proposed', 'accepted']) state;

-- Triggers do not fire for rows that are made like this.
INSERT INTO suggestion_tallies (field, state, change) SELECT field, state, count(*) FROM suggestions GROUP BY 1, 2;

ANALYZE parts, documents, pipeline_runs, suggestions;
