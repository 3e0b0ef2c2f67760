"""Settings of cohorts and verdicts."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class CampaignSettings(BaseModel):
    """How honest explanations are weighed and cohorts joined."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    same_campaign: float = Field(0.5, gt=0, le=1, description="overlap of accounts from which campaigns are one")
    least_fit: float = Field(-0.3, description="log10 Bayes factor of an account's fit below which it is a stranger")
    least_fitting: float = Field(
        0.6, ge=0, le=1, description="share of the users of its words that must fit a campaign before any is accused"
    )
    least_members: float = Field(
        0.3, ge=0, le=1, description="the same of everybody who uses its words, where each is told by itself"
    )
    own_words: float = Field(
        0.9, gt=0, le=1, description="share of a phrase's uses, or users, of a campaign's that makes it its own"
    )
    kept_members: float = Field(
        0.8, gt=0, le=1, description="share of its accounts that must use its own words before all others are dropped"
    )
    hold: float = Field(1.0, description="log10 Bayes factor from which an honest explanation holds")
    explanation_cap: float = Field(3.0, gt=0, description="largest weight of one honest explanation")
    declared_share: float = Field(0.9, gt=0, le=1, description="share of the accounts that a declaration must cover")
    declared_days: float = Field(7.0, ge=0, description="days by which a declaration must be older than the traffic")
    declared_most: float = Field(
        0.5, gt=0, le=1, description="share of an organisation's accounts that must be so for it to be set apart"
    )
    declared_seats: int = Field(
        3, ge=2, description="accounts of a declared organisation among others from which they are set apart"
    )
    declared_part: float = Field(
        0.2, gt=0, le=1, description="share of a cohort from which such an organisation is judged by itself as well"
    )
    least_items: int = Field(20, ge=1, description="requests below which common items are not judged")
    common_share: float = Field(0.25, ge=0, le=1, description="share of common requests at which neither side gains")
    worksheet_part: float = Field(
        0.25, ge=0, le=1, description="part of all items that an account asks up to which they are a list, no worksheet"
    )
    related_most: float = Field(
        0.2, ge=0, lt=1, description="share of accounts that share values up to which friends and homes may explain it"
    )
    cleared: Path | None = Field(
        None, description="file of accounts that a person found honest, one id a line; 'iolaus dismiss' adds to it"
    )
    cleared_share: float = Field(
        0.8, gt=0, le=1, description="share of a cohort's accounts on that list from which it explains the cohort"
    )
    handful_share: float = Field(
        0.6, gt=0, lt=1, description="share of a handful's accounts that must be verified, or show one owner openly"
    )
    workplace_share: float = Field(
        0.6, gt=0, le=1, description="share of accounts that are seen from one address block, as at one workplace"
    )
    workplace_others: float = Field(
        0.2, ge=0, le=1, description="share that the fifth of their blocks holds at most; a pool has many alike"
    )
    steady_blocks: int = Field(3, ge=1, description="address blocks that a person at work keeps to")


class VerdictSettings(BaseModel):
    """When a cohort is called what."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    prior_log10: float = Field(-2.0, description="log10 prior odds that a tested cohort is a campaign")
    question_cap: float = Field(3.0, gt=0, description="most that the answer to one question adds to the odds")
    yes: float = Field(1.0, description="log10 Bayes factor from which a question is answered yes")
    no: float = Field(-0.5, description="log10 Bayes factor from which it is answered no")
    strong_control: float = Field(
        2.0,
        description="log10 Bayes factor of control from which it is strong: for concealment, and for a contract matter",
    )
    least_probability: float = Field(
        0.05, ge=0, le=1, description="probability below which an unsettled cohort is not worth a person's question"
    )
    undetermined_most: float = Field(
        0.1, ge=0, le=1, description="largest probability of a cohort that a rule keeps from being settled"
    )
    explained_most: float = Field(0.05, ge=0, le=1, description="largest probability of a cohort that is explained")
    narrow_list: float = Field(
        0.25, ge=0, description="weight of narrowness from which a sweep must be dealt: its requests are all alike"
    )
    one_text: tuple[float, float] = Field(
        (0.35, 0.5),
        description="weights of narrowness between which requests turn from a list into one text with other names",
    )
    short_answers: tuple[float, float] = Field(
        (0.1, 0.25),
        description="log10 of how much shorter than strangers' answers to such a text are, from where and to where it"
        " counts less and less",
    )
    sweep_dealing: float = Field(0.5, ge=0, description="part of what allocation weighs up to which such a sweep does")
    least_allocation: float = Field(
        0.3,
        description="log10 Bayes factor of allocation below which nobody is accused: its members differ as people do",
    )
    family_least: float = Field(0.5, gt=0, description="log10 Bayes factor from which a family speaks for control")
    least_families: int = Field(2, ge=1, description="families that must speak for control before anybody is accused")
    joint_weight: float = Field(0.8, gt=0, le=1, description="weight of every family after the strongest")
    accuse_probability: float = Field(0.95, gt=0, lt=1, description="probability from which a cohort is a campaign")
    false_campaigns: float = Field(
        100.0, gt=0, description="false campaigns per million active account-weeks that are promised not to be exceeded"
    )
    honest_cohorts: int = Field(
        22_225, ge=1, description="honest cohorts on which it was counted what the scan accuses ('make alarms')"
    )
    honest_score: float = Field(
        6.35, description="log10 of the sum of the Bayes factors (level.score) of those that it would have accused"
    )
    honest_doubt: float = Field(
        0.1,
        ge=0,
        lt=1,
        description="share of these cohorts that may not have been honest after all, and count for none",
    )
    look_share: float = Field(
        0.25, gt=0, le=1, description="share of the unspent budget of false campaigns that a look at a state spends"
    )
    handful: int = Field(10, ge=2, description="accounts below which a cohort is a handful of keys")
    handful_conversations: int = Field(
        2_000, ge=1, description="conversations below which a handful of keys is not accused: it takes too little"
    )
    handful_content: float = Field(
        1.5, description="log10 Bayes factor of content below which a handful of keys is not accused"
    )
    handful_intents: float = Field(
        0.75,
        description="log10 Bayes factor of what its requests read as below which it is not accused: anybody has lists",
    )
    accuse_membership: float = Field(0.9, gt=0, le=1, description="membership from which an account is accused")
    use_cap: float = Field(
        1.0, gt=0, description="most that one use of a campaign's words adds to a membership: few uses are thin data"
    )
    own_part: float = Field(
        0.97,
        gt=0,
        lt=1,
        description="share of members among the users of a campaign's words from which use speaks for an account",
    )
    own_users: float = Field(
        0.9, gt=0, lt=1, description="the same among all who use them at all, as far as what is done besides tells"
    )
    own_most: int = Field(
        5_000,
        ge=1,
        description="users of its words above which a campaign is told one by one where words taken up are not its own",
    )
    own_evidence: float = Field(
        0.8, ge=0, description="log likelihood ratio of few strangers to some among those users that is needed besides"
    )
    own_bias: float = Field(
        0.013,
        ge=0,
        description="part of that ratio, of at most 0.095 an account, that is held against how each was measured",
    )
    own_few: int = Field(
        500, ge=0, description="accounts among whom none of it is held: hints that are too kind add up in a crowd"
    )
    own_fit: float = Field(
        0.036, ge=0, le=0.095, description="part of it that each account must bear where how well it fits tells alone"
    )
    strange_evidence: float = Field(
        3.0, gt=0, description="log likelihood ratio from which accounts that a word brings are taken for strangers"
    )
    strange_plain: float = Field(
        1.0, ge=0, description="log10 Bayes factor against an account from which it is a plain stranger"
    )
    strange_use: float = Field(
        0.3,
        gt=0,
        le=1,
        description="use of a campaign's words by plain strangers, relative to others, up to which they are its own",
    )
    strange_doubt: float = Field(
        0.6, ge=0, description="log10 Bayes factor by which the fit of each of these may be off"
    )
    tied_users: int = Field(
        8, ge=1, description="accounts so tied (link.tied_known) from which on they tell how members use the words"
    )
    owned_rest: float = Field(
        -1.0, description="log10 Bayes factor of one queue, of what is done besides, up to which it is people's own"
    )
    rest_least: int = Field(
        100,
        ge=10,
        description="conversations of each sort from which it is told what else is the campaign's",
    )
    rest_reach: float = Field(
        0.5,
        ge=0.3,
        le=1,
        description="part of what strangers ask that customers of a proxy ask too; what reaches less is a list's",
    )
    rest_overlap: float = Field(
        0.05, ge=0, lt=0.3, description="part of what strangers ask that a list of work holds all the same"
    )
    rest_doubt: float = Field(
        0.25, ge=0, le=1, description="by how much the share of it that is the campaign's may be off"
    )
    rest_per_account: int = Field(32, ge=2, description="conversations of an account that are looked at for that")
    rest_per_stranger: int = Field(4, ge=1, description="the same of a stranger")
    once_users: float = Field(
        5.0, gt=0, description="strangers who use a campaign's words once, for each who uses them more often"
    )
    operated_share: float = Field(0.9, gt=0, le=1, description="share of its conversations from which it is operated")
