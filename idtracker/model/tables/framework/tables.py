"""Tables of the framework: who answered its questions and what metrics say of its elements, never as one number."""

from __future__ import annotations

from idtracker.model.tables.base import Flag, Integer, Moment, Table, column


class FrameworkEvidence(Table):
    """One series of a metric as evidence for one question or element in one quarter, with its change since the baseline."""

    key = ("subject_code", "evidence_code", "scope", "period")

    framework_version: str = column("Framework and its version", "text", required=True)
    subject_code: str = column("Question or element that it is evidence for", "code", required=True)
    subject_kind: str = column("Which of them", "code", required=True, codelist="framework_subject")
    evidence_code: str = column("Name of the series in the framework", "text", required=True)
    metric_id: str = column("Metric", "code", required=True)
    measure: str = column("Which figure of the metric", "text", required=True)
    scope: str = column("What the figure is about; ending in `=*` where none was ever measured", "text", required=True)
    period: str = column("Quarter", "period", required=True)
    period_start: Moment = column("First day of the quarter", "date", required=True)
    period_end: Moment = column("Last day of the quarter", "date", required=True)
    unit: str = column("Unit of the figure", "text", required=True)
    value: float = column(
        "Value; empty where suppressed. Of a series that is a change (subjects that state change alone) the change itself",
        "number",
    )
    lower: float = column("Lower end of the value's 90 % interval or range; empty where there is none", "number")
    upper: float = column("Upper end of the same", "number")
    n: Integer = column("Units behind the value; empty where it was not measured in the quarter", "integer", ge=0)
    suppressed_reason: str = column(
        "Why there is no value; empty where there is one, or where none was measured",
        "code",
        codelist="suppression_reason",
    )
    baseline_period: str = column(
        "First quarter before this one in which the series has a value; empty where there is none, and for a series that is "
        "a change, whose metric has a baseline of its own",
        "period",
    )
    baseline_value: float = column("Value then, as known now", "number")
    change: float = column("Value less that of the baseline", "number")
    change_lower: float = column("Lower end of the change's interval; empty where there is none", "number")
    change_upper: float = column("Upper end of the same", "number")
    interval_basis: str = column(
        "What the interval of the change rests on", "code", required=True, codelist="interval_basis"
    )
    direction: str = column(
        "Whether the figure is better than at the baseline, as far as the interval of the change allows",
        "code",
        required=True,
        codelist="framework_direction",
    )
    point_direction: str = column(
        "Which way the bare figures differ, whatever their error: no more than a description",
        "code",
        codelist="framework_direction",
    )


class FrameworkAnswer(Table):
    """What one team (an organisation and the scope it answers for) says to one question in one quarter, or that it is silent."""

    key = ("question_code", "period", "org_id", "scope_id")

    framework_version: str = column("Framework and its version", "text", required=True)
    question_code: str = column("Key performance question", "code", required=True)
    stage_code: str = column("Stage at which it is reviewed", "code", required=True)
    period: str = column("Quarter in which the round ends", "period", required=True)
    period_start: Moment = column("First day of the quarter", "date", required=True)
    period_end: Moment = column("Last day of the quarter", "date", required=True)
    org_id: str = column("Organisation, as it is in the quarter", "organisation", required=True)
    scope_id: str = column("Programme or objective that it answers for", "text", required=True)
    answer: str = column("Answer; empty where the team is silent", "code", codelist="kpq_answer")
    ancr: str = column("Analytical confidence; empty where none is stated", "code", codelist="ancr")
    has_evidence: Flag = column("Cites evidence; empty where silent", "flag")
    rank_difference: Integer = column(
        "Steps (no, partly, yes) above the lower median of all answers of the quarter, below it if negative",
        "integer",
        ge=-2,
        le=2,
        unit="steps",
    )
    baseline_period: str = column("First quarter before this one in which anybody answered the question", "period")
    baseline_answer: str = column("What the team said then", "code", codelist="kpq_answer")
    last_answered_period: str = column(
        "Last quarter, up to this one, in which the team answered the question", "period"
    )


_COUNTS = "Series of evidence"


class KpqView(Table):
    """One key performance question in one quarter, for the programme and for each organisation that is poll.

    Answers are counted, not averaged. The series of evidence are counted by their direction for the programme alone.
    """

    key = ("question_code", "period", "scope")

    framework_version: str = column("Framework and its version", "text", required=True)
    stage_code: str = column("Stage at which it is reviewed", "code", required=True)
    function_code: str = column("Function of the framework that it serves", "code")
    question_code: str = column("Key performance question", "code", required=True)
    period: str = column("Quarter", "period", required=True)
    period_start: Moment = column("First day of the quarter", "date", required=True)
    period_end: Moment = column("Last day of the quarter", "date", required=True)
    scope: str = column("`programme`, or one organisation, such as `org=GB-GOV-1`", "text", required=True)
    roster_count: Integer = column(
        "Teams that answered any question in the four quarters to this one and have not ended",
        "integer",
        required=True,
        ge=0,
    )
    answered_count: Integer = column("Of these, teams that answered the question", "integer", required=True, ge=0)
    silent_count: Integer = column("Of these, teams that did not", "integer", required=True, ge=0)
    yes_count: Integer = column("Teams that say yes", "integer", required=True, ge=0)
    partly_count: Integer = column("Teams that say partly", "integer", required=True, ge=0)
    no_count: Integer = column("Teams that say no", "integer", required=True, ge=0)
    not_yet_count: Integer = column("Teams that say not yet", "integer", required=True, ge=0)
    na_count: Integer = column("Teams for which the question does not arise", "integer", required=True, ge=0)
    confidence_high_count: Integer = column("Answers of high confidence", "integer", required=True, ge=0)
    confidence_moderate_count: Integer = column("Answers of moderate confidence", "integer", required=True, ge=0)
    confidence_low_count: Integer = column("Answers of low confidence", "integer", required=True, ge=0)
    confidence_unstated_count: Integer = column("Answers without a confidence", "integer", required=True, ge=0)
    cited_count: Integer = column("Answers that cite evidence", "integer", required=True, ge=0)
    other_stage_count: Integer = column(
        "Answers given at another stage than the framework's, or at none", "integer", required=True, ge=0
    )
    lowest_answer: str = column("Lowest answer that was given", "code", codelist="kpq_answer")
    highest_answer: str = column("Highest answer that was given", "code", codelist="kpq_answer")
    is_disagreement: Flag = column("Teams give different answers; empty where fewer than two rank", "flag")
    last_answered_period: str = column("Last quarter, up to this one, in which it was answered", "period")
    baseline_period: str = column("First quarter before this one in which it was answered", "period")
    paired_count: Integer = column("Teams that answered then and now", "integer", required=True, ge=0)
    rose_count: Integer = column("Of these, teams that say more than then", "integer", required=True, ge=0)
    fell_count: Integer = column("Of these, teams that say less than then", "integer", required=True, ge=0)
    evidence_count: Integer = column(_COUNTS, "integer", ge=0)
    value_count: Integer = column(f"{_COUNTS} with a value", "integer", ge=0)
    missing_count: Integer = column(f"{_COUNTS} without a value", "integer", ge=0)
    improved_count: Integer = column(f"{_COUNTS} better than at the baseline", "integer", ge=0)
    worsened_count: Integer = column(f"{_COUNTS} worse than at the baseline", "integer", ge=0)
    unchanged_count: Integer = column(f"{_COUNTS} unchanged, both figures being exact", "integer", ge=0)
    indistinct_count: Integer = column(f"{_COUNTS} whose change lies within its interval", "integer", ge=0)
    no_interval_count: Integer = column(f"{_COUNTS} whose change has no interval: nothing is claimed", "integer", ge=0)
    unjudged_count: Integer = column(f"{_COUNTS} of which neither more nor less is better", "integer", ge=0)
    unknown_count: Integer = column(f"{_COUNTS} with a value but without a baseline", "integer", ge=0)
    point_better_count: Integer = column(f"{_COUNTS} whose bare figure is better, whatever its error", "integer", ge=0)
    point_worse_count: Integer = column(f"{_COUNTS} whose bare figure is worse, whatever its error", "integer", ge=0)
    overdue_count: Integer = column("Overdue reports of sources that feed the evidence", "integer", ge=0)


class FrameworkElement(Table):
    """One element of the framework in one quarter: how many series of its evidence have a value, and which way they changed.

    No number stands for all of them. An element that states change (`states`) counts changes since the baseline, never levels.
    """

    key = ("element_code", "period")

    framework_version: str = column("Framework and its version", "text", required=True)
    group_code: str = column("Group of elements", "code", required=True)
    element_code: str = column("Element", "code", required=True)
    states: str = column(
        "`level`, or `change` where its evidence is change since the baseline alone", "text", required=True
    )
    period: str = column("Quarter", "period", required=True)
    period_start: Moment = column("First day of the quarter", "date", required=True)
    period_end: Moment = column("Last day of the quarter", "date", required=True)
    evidence_count: Integer = column(_COUNTS, "integer", required=True, ge=0)
    value_count: Integer = column(f"{_COUNTS} with a value", "integer", required=True, ge=0)
    missing_count: Integer = column(f"{_COUNTS} without a value", "integer", required=True, ge=0)
    improved_count: Integer = column(f"{_COUNTS} better than at the baseline", "integer", required=True, ge=0)
    worsened_count: Integer = column(f"{_COUNTS} worse than at the baseline", "integer", required=True, ge=0)
    unchanged_count: Integer = column(f"{_COUNTS} unchanged, both figures being exact", "integer", required=True, ge=0)
    indistinct_count: Integer = column(
        f"{_COUNTS} whose change lies within its interval", "integer", required=True, ge=0
    )
    no_interval_count: Integer = column(
        f"{_COUNTS} whose change has no interval: nothing is claimed", "integer", required=True, ge=0
    )
    unjudged_count: Integer = column(
        f"{_COUNTS} of which neither more nor less is better", "integer", required=True, ge=0
    )
    unknown_count: Integer = column(f"{_COUNTS} with a value but without a baseline", "integer", required=True, ge=0)
    point_better_count: Integer = column(
        f"{_COUNTS} whose bare figure is better, whatever its error", "integer", required=True, ge=0
    )
    point_worse_count: Integer = column(
        f"{_COUNTS} whose bare figure is worse, whatever its error", "integer", required=True, ge=0
    )
    overdue_count: Integer = column("Overdue reports of sources that feed the evidence", "integer", required=True, ge=0)


class FrameworkGap(Table):
    """One thing that is missing for one question or element in one quarter, and who could supply it."""

    key = (
        "subject_code",
        "period",
        "gap",
        "evidence_code",
        "scope",
        "source_id",
        "org_id",
        "scope_id",
        "report_period",
    )

    framework_version: str = column("Framework and its version", "text", required=True)
    subject_code: str = column("Question or element", "code", required=True)
    subject_kind: str = column("Which of them", "code", required=True, codelist="framework_subject")
    period: str = column("Quarter", "period", required=True)
    period_start: Moment = column("First day of the quarter", "date", required=True)
    period_end: Moment = column("Last day of the quarter", "date", required=True)
    gap: str = column("What is missing", "code", required=True, codelist="framework_gap")
    evidence_code: str = column("Series without a value", "text")
    scope: str = column("What the series is about", "text")
    suppressed_reason: str = column("Why it has no value", "code", codelist="suppression_reason")
    source_id: str = column("Source that owes a report which feeds what is missing; empty where none is owed", "text")
    org_id: str = column("Organisation that could supply it", "organisation")
    scope_id: str = column("Programme or objective that a silent team answers for", "text")
    report_period: str = column("Period of the report that is owed", "period")
