-- Several processes, which PostgreSQL 18 would take, sort all rests before they are written.
SET LOCAL max_parallel_maintenance_workers = 0;

DROP INDEX ix_search_documents_words, ix_search_numbers_slips, ix_search_numbers_infix;

INSERT INTO search_documents (id4, words)
SELECT id4, to_tsvector('simple', concat_ws(' ', id4, search_pieces(loose_key), 'qt' || type_id, search_words(manufacturer),
    search_words(description), search_words(array_to_string(tags, ' '))))
FROM parts;

INSERT INTO search_numbers (id4, key, fold)
SELECT id4, loose_key, search_fold(loose_key) FROM parts WHERE loose_key IS NOT NULL;

CREATE INDEX ix_search_documents_words ON search_documents USING gin (words) WITH (fastupdate = off);

CREATE INDEX ix_search_numbers_slips ON search_numbers USING gin (search_deletions(fold, 2)) WITH (fastupdate = off);

CREATE INDEX ix_search_numbers_infix ON search_numbers USING gin (key gin_trgm_ops) WITH (fastupdate = off);

ANALYZE search_documents, search_numbers
