"""Complete definitions that the pages of source.yml and programme.yml show. Tests load each of them."""

from __future__ import annotations

MINIMAL = """\
# yaml-language-server: $schema=../source.schema.json
title: Municipal service return
publisher: XX-LOCAL-JO-MOLA
format: {kind: csv}
cadence: {every: quarter}
feeds: observation
key: [indicator, place, period]
columns:
  - {field: indicator, heading: Indicator}
  - {field: place, heading: Governorate}
  - {field: period, heading: Quarter}
  - {field: value, heading: Value}
"""

WORKBOOK = """\
# yaml-language-server: $schema=../source.schema.json
title: Quarterly stability workbook
publisher: GB-GOV-1
description: >-
  One workbook for each quarter. The sheets North and South have one row per indicator and
  governorate with the months side by side; the sheet Projects lists what was delivered.
owner: team:stability-reporting
received:
  by: folder
  pattern: "stability_*.xlsx"                      # stability_2026-Q2-v2.xlsx
  edition: '[-_ ]v(?P<edition>\\d+)(?=\\.[^.]+$)'     # v2 replaces v1, whichever arrives first
  from_name: '(?P<quarter>\\d{4}-Q[1-4])'            # becomes the heading @name.quarter
  may_backdate: false                              # true: envelopes may state instants before their arrival (history)
format:
  kind: xlsx
  decimal: "."
  dates: ["%d/%m/%Y"]
  missing: ["n/a", "-", ".."]
cadence:
  every: quarter
  due_after_days: 30
  grace_days: 10
  calendar: [GB, JO]                               # a due date on a weekend or holiday of either moves on
  since: 2024-01-01
  until: 2029-12-31
  derogations: [2025-Q3]
parts:
  - name: figures
    feeds: observation
    key: [indicator, place, period]
    revision: replace_period
    where: {Series / Status: [estimated, final]}   # other rows are left out, and counted
    history: [copy]                                # a month may well repeat the last one; other rules on history hold
    scope: [period]                                # a file replaces all that was said about its periods
    layout:
      sheet: [North, South]                        # both must be there and are read one after the other
      header_rows: [3, 4]                          # headings over two rows, joined as "Upper / Lower"
      data_row: 6
      stop_at: '^Notes?$'
      skip_rows: '^Total'
    unpivot:
      columns: '^Months / (?P<period>\\d{4}-\\d{2})$'
      value: figure
      keep_empty: false
    columns:
      - {field: indicator, heading: Series / Code, required: true, unknown: hold}
      - {field: place, heading: [Area / Governorate, Area / Name], required: true, scheme: iso3166-2}
      - {field: period, heading: period, type: period, required: true}
      - {field: value, heading: figure, minimum: 0, maximum: 100, scale: 100, decimal: ","}
      - {field: obs_status, heading: Series / Status, codelist: obs_status, map: {estimated: E, final: A}}
      - {field: unit, constant: "%"}
    ignore: ["Series / Comment*", "Contact*"]
  - name: projects
    feeds: activity
    key: [reference, place, period]
    revision: upsert
    optional: true                                 # a workbook without the sheet is complete
    layout: {sheet: "Project*", header_rows: [1]}
    columns:
      - {field: reference, heading: Reference, required: true}
      - {field: title, heading: Title}
      - {field: place, heading: Governorates, split: ";"}   # one row for each governorate
      - {field: period, heading: "@name.quarter", required: true}
      - {field: partner, heading: Counterpart, unknown: keep}
      - {field: start_on, heading: Started, dates: ["%d.%m.%Y"]}
      - {field: budget, heading: Budget, currency: GBP}
bounds:
  rows: [20, 2000]                                 # fewer refuses the file, more warns
  filled: {place: 0.95}
  held_rate: 0.25
  removed_rate: 0.3
handling:
  classification: OFFICIAL-SENSITIVE
  releasable_to: [HMG]
  handling: [LOCSEN]
grading:
  reliability: B
  credibility: "2"
  origin: Stability survey of the statistical office
"""

RECORDS = """\
# yaml-language-server: $schema=../source.schema.json
title: Training records
publisher: GB-GOV-11
received: {pattern: "training_*.json"}
format: {kind: json}
cadence: {every: month, due_after_days: 15}
feeds: activity
key: [reference]
layout: {records: "report.activities[].sessions"}    # one row for each session of each activity
columns:
  - {field: reference, heading: ref, required: true}
  - {field: place, heading: governorate}
  - {field: people_reached, heading: participants, minimum: 0}
ignore: [internal_*]
"""

BREAKDOWNS = """\
# yaml-language-server: $schema=../source.schema.json
title: People reached by sex, age and disability
publisher: XM-DAC-41121
format: {kind: csv}
cadence: {every: quarter, due_after_days: 30}
feeds: result_value
key: [reference, result_indicator, period, disaggregation]
columns:
  - {field: reference, heading: Activity, required: true}
  - {field: result_indicator, heading: Indicator, required: true}
  - {field: period, heading: Quarter, required: true}
  - {field: disaggregation, dimension: sex, heading: Sex}          # three columns make one breakdown: age=5-17;sex=f
  - {field: disaggregation, dimension: age, heading: Age group}    # `All ages` is the whole, and left out
  - {field: disaggregation, dimension: disability, heading: Disability}
  - {field: actual, heading: Reached, minimum: 0}
"""

DELIMITED = """\
# yaml-language-server: $schema=../source.schema.json
title: Ministry works register
publisher: XX-LOCAL-JO-MOPIC
received: {pattern: "works*.csv"}
format: {kind: csv, encoding: windows-1256, delimiter: ";", comment: "//", decimal: ",", dates: ["%d/%m/%Y"]}
cadence: {every: as_needed}
feeds: activity
key: [reference]
revision: replace_all                                # each file is the whole register
columns:
  - {field: reference, heading: رقم المشروع, required: true}
  - {field: place, heading: المحافظة}
  - {field: start_on, heading: تاريخ البدء}
  - {field: budget, heading: الكلفة, currency: JOD}
"""

SURVEY = """\
# yaml-language-server: $schema=../source.schema.json
title: Household survey
publisher: XX-LOCAL-JO-MWI
format: {kind: json, records: results, codebook: form.xlsx}   # the XLSForm beside this file says which answers are valid
cadence: {every: as_needed}
feeds: survey_response
key: [response_id, question]
columns:
  - {field: response_id, heading: _id, required: true}         # an edit changes _uuid and leaves _id as it is
  - {field: question, constant: water_source}
  - {field: period, heading: round}
  - {field: place, heading: group_place/governorate}
  - {field: answer, heading: group_wash/water_source}         # the name of a choice, or its label in any language
ignore: [_uuid, "meta/*"]
"""

DELETIONS = """\
# yaml-language-server: $schema=../source.schema.json
title: Incident feed
publisher: XM-DAC-41127
format: {kind: csv}
cadence: {every: as_needed}
parts:
  - feeds: event
    key: [reference]
    deleted: {heading: status, values: [deleted, removed]}     # such a row takes its record out of force
    columns:
      - {field: reference, heading: incident_id, required: true}
      - {field: event_on, heading: date, required: true}
      - {field: place, heading: governorate}
  - name: deletions                                            # a file of keys alone does so as well
    feeds: event
    key: [reference]
    deletes: event
    columns:
      - {field: reference, heading: incident_id, required: true}
    ignore: [deleted_at]
"""

EXAMPLES: dict[str, tuple[str, str]] = {
    "minimal": ("The least that works", MINIMAL),
    "workbook": ("A workbook with two tables", WORKBOOK),
    "records": ("Nested records (JSON)", RECORDS),
    "survey": ("A survey with its form as codebook (Kobo, ODK)", SURVEY),
    "breakdowns": ("Several breakdowns in one row", BREAKDOWNS),
    "deletions": ("A feed whose records are deleted", DELETIONS),
    "delimited": ("Delimited text in another encoding", DELIMITED),
}

PROGRAMME = """\
# yaml-language-server: $schema=programme.schema.json
title: Jordan country programme
country: JO
notice: "Invented figures."
clock: 2026-11-15
tracker: {first: 2023-Q3, last: 2026-Q3}
groups: [HMG, PARTNERS, PUBLIC]                    # whom rows may be released to; the first runs the programme
handling: {classification: OFFICIAL, releasable_to: [HMG, PARTNERS]}   # of the register and what belongs to no source
indices:                                            # worked out by every run, each on a file beside this one
  - {id: human_development, method: HDI, data: _indices/human_development.csv}
"""
