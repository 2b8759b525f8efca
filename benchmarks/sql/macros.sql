-- Spellings that the rules accept.
CREATE TEMP MACRO edges(t) AS nullif(trim(t, chr(8206) || chr(8207) || chr(160) || chr(65279) || ' '), '');
CREATE TEMP MACRO ascii_digits(t) AS translate(t, '٠١٢٣٤٥٦٧٨٩٫٬', '0123456789.,');
CREATE TEMP MACRO fold(t) AS trim(regexp_replace(lower(strip_accents(translate(
    t, 'أإآٱةىیک’‘`ـ' || chr(8206) || chr(8207), 'ااااهييك'))), '\s+', ' ', 'g'));
CREATE TEMP MACRO grouped(t) AS CASE
    WHEN regexp_full_match(t, '[+-]?[0-9]+(\.[0-9]+)?') THEN CAST(t AS DOUBLE)
    WHEN regexp_full_match(t, '[+-]?[0-9]{1,3}(([, ''][0-9]{3})+)(\.[0-9]+)?')
    THEN CAST(regexp_replace(t, '[, '']', '', 'g') AS DOUBLE)
    WHEN regexp_full_match(t, '\([0-9]+(\.[0-9]+)?\)') THEN -CAST(trim(t, '()') AS DOUBLE)
END;
CREATE TEMP MACRO number_of(t) AS CASE
    WHEN regexp_full_match(t, '-?[0-9]+(\.[0-9]+)?') THEN CAST(t AS DOUBLE) ELSE grouped(ascii_digits(t))
END;
CREATE TEMP MACRO amount(t) AS CASE
    WHEN regexp_full_match(t, '[0-9.,]+') THEN t
    ELSE regexp_replace(t, '^(JOD|JD|GBP|USD|EUR|£|\$|€) ?| ?(JOD|JD|GBP|USD|EUR|£|\$|€|دينار)$', '')
END;
CREATE TEMP MACRO day(t) AS CAST(coalesce(
    try_strptime(t, '%Y-%m-%d'), try_strptime(t, '%d/%m/%Y'),
    try_strptime(ascii_digits(t), ['%Y-%m-%d', '%d/%m/%Y', '%Y/%m/%d', '%d %B %Y', '%B %d, %Y'])) AS DATE);
CREATE TEMP MACRO quarter(t) AS CASE
    WHEN regexp_full_match(t, '[0-9]{4}-Q[1-4]') THEN t
    WHEN regexp_full_match(t, '(?i)Q[1-4][ /.-]?[0-9]{4}') THEN right(t, 4) || '-Q' || t[2]
    WHEN regexp_full_match(t, '(?:ال)?ربع (?:الأول|الاول|الثاني|الثالث|الرابع) [0-9]{4}')
    THEN right(t, 4) || '-Q' || CASE WHEN contains(t, 'ول') THEN '1' WHEN contains(t, 'ثاني') THEN '2'
                                     WHEN contains(t, 'ثالث') THEN '3' ELSE '4' END
    WHEN regexp_full_match(t, '[0-9]{4}(-(0[1-9]|1[0-2])|-H[12])?') THEN t
END;
CREATE TEMP MACRO quarter_start(q) AS
    make_date(CAST(left(q, 4) AS INTEGER), CAST(right(q, 1) AS INTEGER) * 3 - 2, 1);
