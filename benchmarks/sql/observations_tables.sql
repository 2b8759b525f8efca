-- From judged rows to facts, cells, scores and trends: one moment, the weighted mean, the index as an arithmetic mean.
CREATE TABLE held_row AS
SELECT judged.row, string_agg(rule, ';' ORDER BY rule) AS rules, to_json(any_value(judged)) AS cells
FROM judged JOIN finding USING (row) WHERE rule NOT LIKE 'row.duplicate %' GROUP BY judged.row;

CREATE TABLE observation AS
SELECT
    md5(concat_ws('|', 'observation', indicator_id, place_id, quarter, org_id)) AS fact_id,
    md5(concat_ws('|', indicator_id, place_id, quarter, org_id, value, standard_error, obs_status, reliability, credibility))
        AS content_hash,
    row AS row_number, indicator_id, indicator AS indicator_name, place_id, place AS place_name, quarter AS period,
    quarter_start(quarter) AS period_start, last_day(quarter_start(quarter) + INTERVAL 2 MONTH) AS period_end,
    org_id, organisation AS org_name, value, standard_error, obs_status, reliability, credibility,
    'OFFICIAL' AS classification, 'HMG' AS releasable_to, 's' AS submission_id,
    TIMESTAMP '2026-11-10 09:00:00' AS recorded_from, CAST(NULL AS TIMESTAMP) AS recorded_to
FROM judged
WHERE row NOT IN (SELECT row FROM held_row)
QUALIFY row_number() OVER (PARTITION BY indicator_id, place_id, quarter, org_id ORDER BY row) = 1;

CREATE TABLE submission AS
SELECT
    's' AS submission_id, count(*) AS rows_read, (SELECT count(*) FROM observation) AS rows_accepted,
    (SELECT count(*) FROM held_row) AS rows_held
FROM judged;

CREATE TABLE cell_report AS
SELECT
    indicator_id, place_id, period, org_id, value, standard_error, fact_id, submission_id, quality,
    CASE WHEN CAST(right(indicator_id, 2) AS INTEGER) % 2 = 1 THEN value ELSE 100 - value END AS score,
    quality / sum(quality) OVER (PARTITION BY indicator_id, place_id, period) AS weight
FROM (
    SELECT *, (6 - instr('ABCDEF', reliability)) / 5.0 * (6 - CAST(credibility AS INTEGER)) / 5.0 AS quality
    FROM observation
);

CREATE TABLE merged_cell AS
SELECT
    indicator_id, place_id, period, sum(weight * value) AS value,
    sqrt(sum(weight * weight * standard_error * standard_error)) AS standard_error, sum(weight * score) AS score,
    count(*) AS obs_count, count(DISTINCT org_id) AS org_count, max(score) - min(score) AS spread,
    max(score) - min(score) > 20 AS is_disagreement, string_agg(DISTINCT submission_id, ';') AS submission_ids,
    string_agg(DISTINCT org_id, ';' ORDER BY org_id) AS org_ids
FROM cell_report GROUP BY indicator_id, place_id, period;

INSERT INTO merged_cell
SELECT
    indicator_id, 'IS', period, avg(value), sqrt(sum(standard_error * standard_error)) / count(*), avg(score),
    sum(obs_count), min(org_count), NULL, false, 's', string_agg(DISTINCT org_ids, ';')
FROM merged_cell GROUP BY indicator_id, period;

CREATE TABLE score AS
WITH dimension AS (
    SELECT
        place_id, period, 'BSF' || (1 + CAST(right(indicator_id, 2) AS INTEGER) % 5) AS node_code, avg(score) AS score,
        sqrt(sum(standard_error * standard_error)) / count(*) AS error, count(*) AS indicator_count
    FROM merged_cell GROUP BY ALL
)
SELECT *, score - 1.645 * error AS low, score + 1.645 * error AS high FROM dimension
UNION ALL
SELECT place_id, period, 'STABILITY', avg(score), sqrt(sum(error * error)) / 5, sum(indicator_count), NULL, NULL
FROM dimension GROUP BY place_id, period;

CREATE TABLE trend AS
SELECT
    place_id, period, node_code, score - lag(score, 4) OVER window_ AS change,
    regr_slope(score, quarter_number) OVER (PARTITION BY place_id, node_code ORDER BY quarter_number ROWS 7 PRECEDING) AS slope
FROM (SELECT *, CAST(left(period, 4) AS INTEGER) * 4 + CAST(right(period, 1) AS INTEGER) AS quarter_number FROM score)
WINDOW window_ AS (PARTITION BY place_id, node_code ORDER BY quarter_number);
