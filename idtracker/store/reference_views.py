"""Readings of the reference tables that a published database offers: organisations as they were and as they are, amounts.

Each is a statement of SQL over the canonical tables alone, so that every client of the database has it.
"""

from __future__ import annotations

from collections.abc import Collection

_ORGANISATION_AS_WAS = """
CREATE MACRO main.organisation_as_was(d) AS TABLE
WITH RECURSIVE last_row AS (
  SELECT org_id, successor_org_id, valid_to FROM main.organisation
  QUALIFY row_number() OVER (PARTITION BY org_id ORDER BY valid_from DESC NULLS LAST) = 1
), step AS (
  SELECT org_id, successor_org_id FROM last_row
  WHERE successor_org_id IS NOT NULL AND valid_to < CAST(d AS DATE)
), chain AS (
  SELECT org_id, org_id AS stands, 0 AS depth FROM last_row
  UNION ALL
  SELECT chain.org_id, step.successor_org_id, depth + 1 FROM chain JOIN step ON step.org_id = chain.stands
  WHERE depth < 100
), identified AS (
  SELECT org_id, arg_max(stands, depth) AS stands FROM chain GROUP BY org_id
), described AS (
  SELECT * FROM main.organisation
  QUALIFY row_number() OVER (
    PARTITION BY org_id
    ORDER BY coalesce(valid_from <= CAST(d AS DATE), TRUE) DESC,
      CASE WHEN coalesce(valid_from <= CAST(d AS DATE), TRUE) THEN coalesce(valid_from, DATE '0001-01-01') END DESC,
      valid_from
  ) = 1
)
SELECT identified.org_id, identified.stands AS as_org_id, described.name, described.name_ar, described.short_name,
  described.org_type, described.group_code, described.is_hmg, described.is_traditional, described.parent_org_id,
  described.valid_from, described.valid_to,
  CASE
    WHEN described.valid_from > CAST(d AS DATE) THEN 'not_yet'
    WHEN described.valid_to < CAST(d AS DATE) THEN 'ended'
    WHEN identified.stands <> identified.org_id THEN 'succeeded'
    ELSE 'current'
  END AS state
FROM identified JOIN described ON described.org_id = identified.stands
ORDER BY identified.org_id
"""

_ORGANISATION_AS_IS = """
CREATE MACRO main.organisation_as_is() AS TABLE SELECT * FROM main.organisation_as_was(DATE '9999-12-31')
"""

_QUOTED = """
CREATE MACRO main.quoted_rate(c, b, d) AS (
  SELECT CASE WHEN max_age_days IS NULL OR date_diff('day', quoted_on, CAST(d AS DATE)) <= max_age_days
    THEN struct_pack(quoted_on := quoted_on, rate := rate) END
  FROM main.exchange_rate WHERE currency = c AND base = b AND quoted_on <= CAST(d AS DATE)
  ORDER BY exchange_rate.quoted_on DESC LIMIT 1
)
"""

_FACTOR = """
CREATE MACRO main.rate_factor(c, t, d) AS CASE
  WHEN main.quoted_rate(t, c, d) IS NOT NULL AND (
    main.quoted_rate(c, t, d) IS NULL
    OR main.quoted_rate(t, c, d).quoted_on >= main.quoted_rate(c, t, d).quoted_on
  ) THEN main.quoted_rate(t, c, d).rate
  ELSE 1 / main.quoted_rate(c, t, d).rate
END
"""

_AMOUNT_IN = """
CREATE MACRO main.amount_in(amount, c, d, t) AS CASE
  WHEN c = t THEN amount
  ELSE amount * coalesce(main.rate_factor(c, t, d), (
    SELECT main.rate_factor(c, between_them.currency, d) * main.rate_factor(between_them.currency, t, d)
    FROM (SELECT base AS currency FROM main.exchange_rate UNION SELECT currency FROM main.exchange_rate) AS between_them
    WHERE main.rate_factor(c, between_them.currency, d) IS NOT NULL
      AND main.rate_factor(between_them.currency, t, d) IS NOT NULL
    ORDER BY between_them.currency LIMIT 1
  ))
END
"""


def readings(tables: Collection[str]) -> list[str]:
    """Statements that add the readings whose tables are among `tables`, in the order in which they are to be run.

    `organisation_as_was(day)` has one row for every organisation there ever was: `as_org_id` is who it was on the day, by
    following successors of those that had ended, with the name and attributes of that day, and `state` is current, succeeded,
    ended (nobody followed) or not_yet. `organisation_as_is()` applies every merger.
    `amount_in(amount, currency, day, target)` is the amount in another currency as `currencies.convert` has it; missing
    where there is no rate.
    """
    organisations = [_ORGANISATION_AS_WAS, _ORGANISATION_AS_IS] if "organisation" in tables else []
    return organisations + ([_QUOTED, _FACTOR, _AMOUNT_IN] if "exchange_rate" in tables else [])
