-- Fifty projects of two hundred lines each, half of whose parts a next project needs as well; each line is to buy, too.
INSERT INTO projects (name, builds) SELECT 'project ' || n, 2 FROM generate_series(1, 50) n;

INSERT INTO project_requirements (project_id, part_id4, quantity)
SELECT projects.id, id4, 1
FROM projects
JOIN (SELECT id4, row_number() OVER (ORDER BY md5(id4)) AS n FROM parts) AS needed
    ON n > (projects.id - 1) % 10 * 100 AND n <= (projects.id - 1) % 10 * 100 + 200;

INSERT INTO shopping_list (project_id, part_id4, quantity) SELECT project_id, part_id4, 1 FROM project_requirements;
