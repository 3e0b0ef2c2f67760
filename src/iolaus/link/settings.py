"""Settings of candidates and evidence."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class LinkSettings(BaseModel):
    """Which accounts are compared, and how much one piece of evidence may weigh."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    least_accounts: int = Field(10, ge=2, description="accounts below which no cohort is formed")
    few_least: int = Field(
        3, ge=3, description="accounts below which a private template makes no cohort: of two, nothing can be told"
    )
    few_cohorts: int = Field(60, ge=0, description="cohorts of private templates that are tested; 0: none")
    few_topics: int = Field(
        512, ge=2, description="conversations of an account whose topics are compared where accounts are that few"
    )
    least_uses: int = Field(2, ge=1, description="conversations with a phrase that make an account its user")
    same_cohort: tuple[float, ...] = Field(
        (0.95, 0.8, 0.35), description="mean Jaccard overlaps of users at which phrases are put into one candidate"
    )
    core_share: float = Field(
        0.5,
        gt=0,
        le=1,
        description="share of an account's conversations from which it is in the phrase's core",
    )
    max_cohorts: int = Field(400, ge=1, description="cohorts that are tested, the most used first")
    max_accounts: int = Field(2_000, ge=50, description="accounts of a cohort that are tested; more are sampled by key")
    max_members: int = Field(
        20_000,
        ge=50,
        description="users of a campaign's words that are compared with it one by one; more are sampled by key",
    )
    max_conversations: int = Field(
        100_000, ge=1_000, description="conversations of a cohort that are tested; more are sampled by key"
    )
    topics_per_account: int = Field(32, ge=2, description="conversations of an account whose topics are compared")
    max_topics: int = Field(16_000, ge=100, description="conversations of a cohort whose topics are compared")
    besides_per_account: int = Field(
        128, ge=2, description="conversations of an account without a campaign's words whose topics are compared"
    )
    max_besides: int = Field(400_000, ge=100, description="the same of all accounts together")
    besides_cap: float = Field(
        0.6, gt=0, description="most that they speak for an account where words are a campaign's"
    )
    strangers_least: int = Field(
        100,
        ge=10,
        description="others of a campaign's programs below which the users of its words are compared with everybody",
    )
    strangers_most: int = Field(
        2_000, ge=10, description="accounts that they are compared with; more are sampled by key"
    )
    strangers_alike: float = Field(
        0.5,
        gt=0,
        lt=1,
        description="share of strangers who use a campaign's words that asks the same at most, unless others do",
    )
    strangers_doubt: float = Field(
        2.0, ge=0, description="log likelihood by which a share of strangers may fall short of the likeliest: 95 %"
    )
    network_accounts: int = Field(
        30,
        ge=2,
        description="accounts seen in one autonomous system from which its addresses are compared by themselves",
    )
    signup_most: int = Field(
        2_000,
        ge=0,
        description="accounts of a cohort up to which sign-ups are compared within networks; no town has thousands",
    )
    names_cap: float = Field(2.0, ge=0, description="most that names which come back speak for a person")
    nameless_cap: float = Field(
        1.2, ge=0, description="most that names which do not come back speak for an account of a campaign"
    )
    strangers_often: float = Field(
        0.25,
        ge=0,
        lt=1,
        description="quantile of what known accounts do besides below which a stranger does too little",
    )
    words_per_cohort: int = Field(64, ge=1, description="requests of a cohort that are read for intents and excerpts")
    cap: float = Field(4.0, gt=0, description="largest |log10 Bayes factor| of one piece of evidence")
    hand_over_cap: float = Field(2.0, gt=0, description="the same for work that goes on in another account")
    hand_over_minutes: int = Field(
        10, ge=1, description="minutes within which a request that failed is asked again in another account"
    )
    hand_over_friends: float = Field(
        2.0,
        gt=0,
        description="others to whom somebody who passes conversations on does so, people's second accounts too",
    )
    hand_over_circle: int = Field(
        8, ge=2, description="accounts that people's circles hold at most in which conversations are passed on"
    )
    hand_over_holders: int = Field(
        5, ge=2, description="accounts up to which what they replay or ask again was handed over and not published"
    )
    release_hours: int = Field(24, ge=1, description="hours after a release in which an account counts as moved")
    release_moves: float = Field(
        0.3, gt=0, lt=1, description="least share of his accounts that an operator moves who follows a release"
    )
    release_least: int = Field(
        20, ge=5, description="others of the same program below which nobody knows how its users move"
    )
    release_deviation: float = Field(
        0.6, gt=0, description="deviation, in log odds, of the share that moves among honest users of one phrase"
    )
    release_alike: float = Field(
        0.2,
        gt=0,
        lt=1,
        description="share of honest phrases whose users move together: early adopters, one application",
    )
    time_cap: float = Field(2.0, gt=0, description="the same for the time family")
    lifecycle_cap: float = Field(1.0, gt=0, description="the same for the lifecycle family")
    unrelated_domain: float = Field(
        0.35,
        ge=0,
        lt=1,
        description="share of accounts of one mail domain of its own up to which they hide whose they are",
    )
    unrelated_cap: float = Field(1.5, gt=0, description="the same for unrelated persons")
    queue_median: float = Field(-2.4, description="log10 median of between over within variance, one queue")
    queue_deviation: float = Field(0.4, gt=0, description="log10 deviation of it")
    tastes_median: float = Field(-0.9, description="log10 median of it for topics of independent people")
    tastes_deviation: float = Field(0.4, gt=0, description="log10 deviation of it")
    hours_median: float = Field(-0.6, description="log10 median of it for hours of independent people")
    hours_deviation: float = Field(0.45, gt=0, description="log10 deviation of it")
    alike_share: float = Field(
        0.1, ge=0, lt=1, description="share of honest phrases whose users what is seen hardly tells apart"
    )
    alike_most: float = Field(
        0.8, ge=0, lt=1, description="the same where strangers use a campaign's words: then topics tell few of them"
    )
    tastes_alike: float = Field(-1.9, description="log10 median of topic variance among such users")
    hours_alike: float = Field(-1.5, description="log10 median of hour variance among such users")
    topic_components: int = Field(
        32, ge=2, description="principal components of everyone's topics in which accounts are compared"
    )
    variance_inflation: float = Field(3.0, ge=1, description="divides degrees of freedom, as tastes are not Gaussian")
    dispersion_honest: float = Field(
        2.0, gt=1, description="ratio of total to parts that strangers reach by sharing the time of day"
    )
    dispersion_even: float = Field(
        0.6, gt=0, le=1, description="dispersion beside an even course below which a total counts as paced"
    )
    rare_share: float = Field(0.002, gt=0, le=1, description="share of other accounts up to which a value is rare")
    rare_most: int = Field(12, ge=1, description="other accounts that may hold it, however many there are")
    links_deviation: float = Field(
        0.2, ge=0, description="log10 deviation of the links that honest groups make from those that strangers would"
    )
    linked_share: float = Field(0.3, gt=0, le=1, description="share of linked accounts from which links weigh fully")
    tied_common: float = Field(
        0.02,
        gt=0,
        le=1,
        description="share of accounts at which an address, voucher or client ties nobody any more: a campus, a VPN",
    )
    tied_pairs: int = Field(
        5_000_000, ge=1_000, description="pairs of accounts and shared values that are looked at; more are sampled"
    )
    tied_deals: int = Field(
        9, ge=1, description="times that values are dealt anew to learn how dense a block chance makes"
    )
    tied_surplus: float = Field(
        1.05, ge=1, description="how much denser than the densest of these a block of accounts must be to be tested"
    )
    tied_blocks: int = Field(
        60, ge=0, description="cohorts that are tested for their ties alone, the densest first; 0: none"
    )
    signup_near: float = Field(0.2, gt=0, description="gap between sign-ups, of the mean gap, that counts as close")
    signup_waves: float = Field(
        2.0, ge=1, description="divides the weight of a sign-up burst: honest users of one phrase come in waves too"
    )
    successor_hours: int = Field(72, ge=1, description="hours after a suspension in which a successor begins")
    pool_share: float = Field(
        0.6, gt=0, lt=1, description="share of his accounts that an operator's pool of addresses or cards ties"
    )
    pool_most: float = Field(
        0.95,
        gt=0,
        lt=1,
        description="the same where strangers use a campaign's words too: who is not tied is then rather one of them",
    )
    tied_known: float = Field(
        0.3, description="log10 Bayes factor of an account's ties from which it tells what a campaign's accounts do"
    )
    related_share: float = Field(
        0.05,
        ge=0,
        lt=1,
        description="share of honest accounts that share a rare value with another: second accounts, homes, colleagues",
    )
    fit_cap: float = Field(2.0, gt=0, description="largest weight of one account's fit to a queue, topics or hours")
    least_sweep: int = Field(50, ge=2, description="conversations below which content is not judged")
    sweep_novelty: float = Field(0.9, gt=0, le=1, description="share of different requests from which a list is swept")
    sweep_again: float = Field(
        0.5, gt=0, lt=1, description="share of different requests below which the same ones come back: no list is swept"
    )
    chosen_overlap: float = Field(
        0.9, gt=0, le=1, description="part of the overlap by chance below which requests were dealt and not chosen"
    )
    sweep_dealt: float = Field(
        2.0, ge=0, description="log10 likelihood ratio from which items that come back were dealt, each a few times"
    )
    sweep_cap: float = Field(1.0, gt=0, description="largest weight of a sweep")
    content_index: Path | None = Field(
        None, description="index of public corpora, made by 'iolaus content index', by which a sweep is named"
    )
    index_share: float = Field(
        0.2, gt=0, le=1, description="share of sampled requests that hold items of one corpus before it is named"
    )
    index_floor: float = Field(0.02, gt=0, le=1, description="share that is added to both sides of its ratio to others")
    parameters_cap: float = Field(0.7, gt=0, description="largest weight of extraction-shaped parameters")
    parameters_share: float = Field(
        0.5, gt=0, le=1, description="share of the requests from which extraction-shaped parameters weigh fully"
    )
    content_model: Path | None = Field(
        None,
        description="file of a content model of one's own (.npz of word vectors, or .onnx); default: the shipped one",
    )
    least_words: int = Field(20, ge=1, description="requests that must have been read before intents are judged")
    intents_weight: float = Field(1.2, gt=0, description="weight of a log ratio of intents")
    intents_floor: float = Field(
        0.05,
        gt=0,
        le=1,
        description="probability that is added to both sides of that ratio, so that few texts say little",
    )
    intents_cap: float = Field(1.5, gt=0, description="largest weight of intents")
    two_sample_least: int = Field(50, ge=10, description="accounts below which their requests are not compared")
    two_sample_strangers: int = Field(
        800, ge=400, description="honest requests, one an account, below which there is nothing to compare with"
    )
    two_sample_shared: float = Field(
        0.2, gt=0, le=1, description="share of a cohort's requests from which a run of words is cut out as its own"
    )
    two_sample_windows: int = Field(99, ge=19, description="matched honest windows that a cohort is compared with")
    two_sample_level: float = Field(0.01, gt=0, lt=0.3, description="p-value up to which a cohort differs")
    two_sample_alike: float = Field(
        0.1, gt=0, lt=1, description="p-value above which a cohort counts as like its matched honest accounts"
    )
    two_sample_cap: float = Field(0.3, gt=0, description="largest weight of a difference from matched honest accounts")
    baseline: Path | None = Field(
        None,
        description="file of the provider's own mix, made by 'iolaus content baseline learn', with which intents and"
        " narrowness are compared in place of the other accounts of the scan",
    )
    narrowness_weight: float = Field(3.0, gt=0, description="weight of a difference of cosines")
    narrowness_cap: float = Field(0.5, gt=0, description="largest weight of narrowness")
