-- Every rule that the table of activities.py breaks, in one statement over the file: one row for each finding.
-- The lists of names and codes are tables of folded texts; the macros of macros.sql accept the spellings of the file.
WITH file AS MATERIALIZED (
    SELECT row_number() OVER () + 1 AS row, *
    FROM read_csv($file, all_varchar = true, header = true, delim = ',', quote = '"')
),
cells AS (
    SELECT
        row,
        nullif(trim("Reference"), '') AS reference,
        nullif(trim("Quarter"), '') AS quarter_text,
        nullif(trim("Title"), '') AS title,
        edges("Organisation") AS organisation,
        edges("Counterpart") AS partner,
        edges("Governorate") AS place,
        nullif(trim("Status"), '') AS status,
        nullif(trim("Start"), '') AS start_text,
        nullif(trim("End"), '') AS end_text,
        nullif(trim("Budget"), '') AS budget_text,
        nullif(trim("People planned"), '') AS planned_text,
        nullif(trim("People reached"), '') AS reached_text
    FROM file
),
organisation_known AS (
    SELECT typed FROM (SELECT organisation AS typed FROM cells UNION SELECT partner FROM cells)
    WHERE fold(typed) IN (SELECT folded FROM organisation_name)
),
place_known AS (
    SELECT typed FROM (SELECT DISTINCT place AS typed FROM cells) WHERE fold(typed) IN (SELECT folded FROM place_name)
),
status_known AS (
    SELECT typed FROM (SELECT DISTINCT status AS typed FROM cells) WHERE fold(typed) IN (SELECT folded FROM status_name)
),
typed AS MATERIALIZED (
    SELECT
        *,
        quarter(quarter_text) AS quarter,
        day(start_text) AS start_on,
        day(end_text) AS end_on,
        number_of(amount(budget_text)) AS budget,
        number_of(planned_text) AS planned,
        number_of(reached_text) AS reached
    FROM cells
),
judged AS (
    SELECT
        *,
        reference IS NULL AS no_reference,
        quarter_text IS NULL AS no_quarter,
        organisation IS NULL AS no_organisation,
        place IS NULL AS no_place,
        quarter_text IS NOT NULL AND quarter IS NULL AS bad_quarter,
        organisation IS NOT NULL AND organisation NOT IN (FROM organisation_known) AS bad_organisation,
        partner IS NOT NULL AND partner NOT IN (FROM organisation_known) AS unknown_partner,
        place IS NOT NULL AND place NOT IN (FROM place_known) AS bad_place,
        status IS NOT NULL AND status NOT IN (FROM status_known) AS bad_status,
        start_text IS NOT NULL AND start_on IS NULL AS bad_start,
        end_text IS NOT NULL AND end_on IS NULL AS bad_end,
        budget_text IS NOT NULL AND budget IS NULL AS bad_budget,
        planned_text IS NOT NULL AND planned IS NULL AS bad_planned,
        reached_text IS NOT NULL AND reached IS NULL AS bad_reached,
        coalesce(planned <> floor(planned), false) AS part_planned,
        coalesce(reached <> floor(reached), false) AS part_reached,
        coalesce(planned < 0, false) AS low_planned,
        coalesce(reached < 0, false) AS low_reached,
        coalesce(start_on > end_on, false) AS bad_order,
        NOT part_planned AND NOT part_reached AND coalesce(reached > planned, false) AS bad_subset
    FROM typed
),
held AS (
    SELECT
        *,
        no_reference OR no_quarter OR no_organisation OR no_place OR bad_quarter OR bad_organisation OR bad_place
        OR bad_status OR bad_start OR bad_end OR bad_budget OR bad_planned OR bad_reached OR part_planned
        OR part_reached OR low_planned OR low_reached OR bad_order AS is_held
    FROM judged
),
-- findings
repeated AS (
    SELECT
        reference,
        quarter,
        count(DISTINCT (title, organisation, partner, place, status, start_on, end_on, budget, planned, reached)) > 1 AS differs
    FROM held
    WHERE NOT is_held
    GROUP BY reference, quarter
    HAVING count(*) > 1
),
found AS (
    SELECT
        held.row,
        list_filter([
            CASE WHEN no_reference THEN 'value.required Reference' END,
            CASE WHEN no_quarter THEN 'value.required Quarter' END,
            CASE WHEN no_organisation THEN 'value.required Organisation' END,
            CASE WHEN no_place THEN 'value.required Governorate' END,
            CASE WHEN bad_quarter THEN 'value.period Quarter' END,
            CASE WHEN bad_organisation THEN 'name.organisation_held Organisation' END,
            CASE WHEN unknown_partner THEN 'name.organisation Counterpart' END,
            CASE WHEN bad_place THEN 'name.place Governorate' END,
            CASE WHEN bad_status THEN 'value.code Status' END,
            CASE WHEN bad_start THEN 'value.date Start' END,
            CASE WHEN bad_end THEN 'value.date End' END,
            CASE WHEN bad_budget THEN 'value.money Budget' END,
            CASE WHEN bad_planned THEN 'value.number People planned' END,
            CASE WHEN bad_reached THEN 'value.number People reached' END,
            CASE WHEN part_planned THEN 'value.integer People planned' END,
            CASE WHEN part_reached THEN 'value.integer People reached' END,
            CASE WHEN low_planned THEN 'value.range People planned' END,
            CASE WHEN low_reached THEN 'value.range People reached' END,
            CASE WHEN bad_order THEN 'period.order End' END,
            CASE WHEN bad_subset THEN 'count.subset People reached' END,
            CASE WHEN NOT is_held AND differs THEN 'row.duplicate_key Reference' END,
            CASE WHEN NOT is_held AND NOT differs THEN 'row.duplicate Reference' END
        ], lambda rule: rule IS NOT NULL) AS rules
    FROM held LEFT JOIN repeated USING (reference, quarter)
    WHERE is_held OR unknown_partner OR bad_subset OR differs IS NOT NULL
)
SELECT row, unnest(rules) AS rule FROM found ORDER BY row, rule
