-- Every rule that the table of generated/observations.py breaks, in one statement over the file: one row for each finding.
WITH file AS MATERIALIZED (
    SELECT row_number() OVER () + 1 AS row, *
    FROM read_csv($file, all_varchar = true, header = true, delim = ',', quote = '"')
),
cells AS (
    SELECT
        row,
        edges("Indicator") AS indicator,
        edges("Area") AS place,
        nullif(trim("Quarter"), '') AS quarter_text,
        edges("Organisation") AS organisation,
        nullif(trim("Value"), '') AS value_text,
        nullif(trim("Standard error"), '') AS error_text,
        nullif(trim("Status"), '') AS status,
        nullif(trim("Reliability"), '') AS reliability,
        nullif(trim("Credibility"), '') AS credibility
    FROM file
),
indicator_known AS (
    SELECT typed, id FROM (SELECT DISTINCT indicator AS typed FROM cells) JOIN indicator_name ON fold(typed) = folded
),
place_known AS (
    SELECT typed, id FROM (SELECT DISTINCT place AS typed FROM cells) JOIN place_name ON fold(typed) = folded
),
organisation_known AS (
    SELECT typed, id
    FROM (SELECT DISTINCT organisation AS typed FROM cells) JOIN organisation_name ON fold(typed) = folded
),
status_known AS (
    SELECT typed, id FROM (SELECT DISTINCT status AS typed FROM cells) JOIN obs_status_name ON fold(typed) = folded
),
typed AS MATERIALIZED (
    SELECT
        cells.*,
        i.id AS indicator_id,
        p.id AS place_id,
        o.id AS org_id,
        s.id AS obs_status,
        quarter(quarter_text) AS quarter,
        number_of(value_text) AS value,
        number_of(error_text) AS standard_error
    FROM cells
    LEFT JOIN indicator_known AS i ON cells.indicator = i.typed
    LEFT JOIN place_known AS p ON cells.place = p.typed
    LEFT JOIN organisation_known AS o ON cells.organisation = o.typed
    LEFT JOIN status_known AS s ON cells.status = s.typed
),
checked AS (
    SELECT
        *,
        indicator IS NULL AS no_indicator,
        place IS NULL AS no_place,
        quarter_text IS NULL AS no_quarter,
        organisation IS NULL AS no_organisation,
        value_text IS NULL AS no_value,
        indicator IS NOT NULL AND indicator_id IS NULL AS bad_indicator,
        place IS NOT NULL AND place_id IS NULL AS bad_place,
        quarter_text IS NOT NULL AND quarter IS NULL AS bad_quarter,
        organisation IS NOT NULL AND org_id IS NULL AS bad_organisation,
        value_text IS NOT NULL AND value IS NULL AS bad_value,
        error_text IS NOT NULL AND standard_error IS NULL AS bad_error,
        coalesce(standard_error < 0, false) AS low_error,
        status IS NOT NULL AND obs_status IS NULL AS bad_status,
        reliability NOT SIMILAR TO '[A-F]' AS bad_reliability,
        credibility NOT SIMILAR TO '[1-6]' AS bad_credibility
    FROM typed
),
held AS (
    SELECT
        *,
        no_indicator OR no_place OR no_quarter OR no_organisation OR no_value OR bad_indicator OR bad_place OR bad_quarter
        OR bad_organisation OR bad_value OR bad_error OR low_error OR bad_status OR coalesce(bad_reliability, false)
        OR coalesce(bad_credibility, false) AS is_held
    FROM checked
),
-- findings
repeated AS (
    SELECT
        indicator_id,
        place_id,
        quarter,
        org_id,
        count(DISTINCT (value, standard_error, obs_status, reliability, credibility)) > 1 AS differs
    FROM held
    WHERE NOT is_held
    GROUP BY indicator_id, place_id, quarter, org_id
    HAVING count(*) > 1
),
found AS (
    SELECT
        held.row,
        list_filter([
            CASE WHEN no_indicator THEN 'value.required Indicator' END,
            CASE WHEN no_place THEN 'value.required Area' END,
            CASE WHEN no_quarter THEN 'value.required Quarter' END,
            CASE WHEN no_organisation THEN 'value.required Organisation' END,
            CASE WHEN no_value THEN 'value.required Value' END,
            CASE WHEN bad_indicator THEN 'name.indicator Indicator' END,
            CASE WHEN bad_place THEN 'name.place Area' END,
            CASE WHEN bad_quarter THEN 'value.period Quarter' END,
            CASE WHEN bad_organisation THEN 'name.organisation_held Organisation' END,
            CASE WHEN bad_value THEN 'value.number Value' END,
            CASE WHEN bad_error THEN 'value.number Standard error' END,
            CASE WHEN low_error THEN 'value.range Standard error' END,
            CASE WHEN bad_status THEN 'value.code Status' END,
            CASE WHEN bad_reliability THEN 'value.code Reliability' END,
            CASE WHEN bad_credibility THEN 'value.code Credibility' END,
            CASE WHEN NOT is_held AND differs THEN 'row.duplicate_key Indicator' END,
            CASE WHEN NOT is_held AND NOT differs THEN 'row.duplicate Indicator' END
        ], lambda rule: rule IS NOT NULL) AS rules
    FROM held LEFT JOIN repeated USING (indicator_id, place_id, quarter, org_id)
    WHERE is_held OR differs IS NOT NULL
)
SELECT row, unnest(rules) AS rule FROM found ORDER BY row, rule
