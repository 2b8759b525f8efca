-- From judged rows to activity cells, and what metrics of breadth and network need: who is where, and beside whom.
CREATE TEMP TABLE organisation_text AS
SELECT typed, id FROM (SELECT organisation AS typed FROM judged UNION SELECT partner FROM judged)
JOIN organisation_name ON fold(typed) = folded;
CREATE TEMP TABLE place_text AS
SELECT typed, id FROM (SELECT DISTINCT place AS typed FROM judged) JOIN place_name ON fold(typed) = folded;
CREATE TEMP TABLE status_text AS
SELECT typed, id FROM (SELECT DISTINCT status AS typed FROM judged) JOIN status_name ON fold(typed) = folded;

CREATE TABLE held_row AS
SELECT judged.row, string_agg(rule, ';' ORDER BY rule) AS rules, to_json(any_value(judged)) AS cells
FROM judged JOIN finding USING (row)
WHERE is_held OR rule LIKE 'row.duplicate_key %'
GROUP BY judged.row;

CREATE TABLE activity_cell AS
SELECT
    md5(concat_ws('|', 'activity_cell', reference, quarter)) AS fact_id,
    md5(concat_ws('|', reference, quarter, title, o.id, c.id, p.id, s.id, start_on, end_on, budget, planned, reached))
        AS content_hash,
    row AS row_number, reference AS activity_id, o.id AS org_id, organisation AS org_name, c.id AS partner_org_id,
    partner AS partner_name, title AS sector, p.id AS place_id, place AS place_name, quarter AS period,
    quarter_start(quarter) AS period_start, last_day(quarter_start(quarter) + INTERVAL 2 MONTH) AS period_end,
    start_on, end_on, s.id AS status, budget AS spend, 'JOD' AS spend_currency, planned AS people_targeted,
    reached AS people_reached, 'OFFICIAL' AS classification, 'HMG' AS releasable_to, 's' AS submission_id,
    TIMESTAMP '2026-11-10 09:00:00' AS recorded_from, CAST(NULL AS TIMESTAMP) AS recorded_to
FROM judged
LEFT JOIN organisation_text AS o ON judged.organisation = o.typed
LEFT JOIN organisation_text AS c ON judged.partner = c.typed
LEFT JOIN place_text AS p ON judged.place = p.typed
LEFT JOIN status_text AS s ON judged.status = s.typed
WHERE row NOT IN (SELECT row FROM held_row)
QUALIFY row_number() OVER (PARTITION BY reference, quarter ORDER BY row) = 1;

CREATE TABLE submission AS
SELECT
    's' AS submission_id, count(*) AS rows_read, (SELECT count(*) FROM activity_cell) AS rows_accepted,
    (SELECT count(*) FROM held_row) AS rows_held
FROM judged;

CREATE TABLE presence AS
SELECT org_id, sector, place_id, period, count(*) AS cells, sum(spend) AS spend, sum(people_reached) AS people_reached
FROM (
    SELECT org_id, sector, place_id, period, spend, people_reached FROM activity_cell
    UNION ALL
    SELECT partner_org_id, sector, place_id, period, 0, 0 FROM activity_cell WHERE partner_org_id IS NOT NULL
) GROUP BY ALL;

CREATE TABLE tie AS
SELECT least(org_id, partner_org_id) AS one, greatest(org_id, partner_org_id) AS other, period, count(*) AS activities
FROM activity_cell WHERE partner_org_id <> org_id GROUP BY ALL;

CREATE TABLE neighbour AS
SELECT a.org_id AS one, b.org_id AS other, a.period, count(*) AS shared_cells
FROM presence AS a JOIN presence AS b USING (sector, place_id, period) WHERE a.org_id < b.org_id GROUP BY ALL;

CREATE TABLE metric_value AS
WITH nodes AS (SELECT period, count(DISTINCT org_id) AS n FROM presence GROUP BY period),
degree AS (SELECT period, org, count(*) AS d FROM (SELECT period, unnest([one, other]) AS org FROM tie) GROUP BY ALL)
SELECT period, 'density' AS metric, any_value(m) * 2.0 / nullif(n * (n - 1), 0) AS value
FROM nodes JOIN (SELECT period, count(*) AS m FROM tie GROUP BY period) USING (period) GROUP BY period, n
UNION ALL
SELECT period, 'centralisation', sum(top - d) / nullif((any_value(n) - 1) * (any_value(n) - 2), 0)
FROM (SELECT *, max(d) OVER (PARTITION BY period) AS top FROM degree) JOIN nodes USING (period) GROUP BY period
UNION ALL
SELECT period, 'persistence', count(*) FILTER (WHERE earlier) / count(*)
FROM (SELECT period, lag(period) OVER (PARTITION BY one, other ORDER BY period) IS NOT NULL AS earlier FROM tie)
GROUP BY period
UNION ALL
SELECT period, 'diversity', -sum(share * ln(share))
FROM (SELECT period, sum(cells) / sum(sum(cells)) OVER (PARTITION BY period) AS share FROM presence GROUP BY period, org_id)
GROUP BY period;
