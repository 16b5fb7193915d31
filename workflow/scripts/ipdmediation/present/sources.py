"""What the texts lean on: each source once, as a text prints it and as reference managers read it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Source:
    """A source in the literature.

    Parameters
    ----------
    authors
        Family name and initials of each author.
    others
        Whether there are more authors than those that are named.
    title, year
        As published.
    journal
        Abbreviated, of an article; empty of a book or software.
    volume, page
        Of an article; the first page.
    publisher
        Of a book or software.
    edition
        Of a book, where it is not the first.
    software
        Whether it is a program.
    """

    authors: tuple[str, ...]
    title: str
    year: int
    journal: str = ""
    volume: str = ""
    page: str = ""
    publisher: str = ""
    edition: str = ""
    others: bool = False
    software: bool = False

    @property
    def printed(self) -> str:
        """The source as it is printed below a text."""
        names = ", ".join([*self.authors, *(["et al"] if self.others else [])])
        edition = f" {self.edition} ed." if self.edition else ""
        where = (
            f"{self.journal} {self.year};{self.volume}:{self.page}"
            if self.journal
            else f"{self.publisher} {self.year}"
        )
        return f"{names}. {self.title}.{edition} {where}."


#: By the words that name a source in a text.
SOURCES = {
    "Alonso et al. 2006": Source(
        authors=("Alonso A", "Molenberghs G", "Geys H", "Buyse M", "Vangeneugden T"),
        title="A unifying approach for surrogate marker validation based on Prentice's criteria",
        journal="Stat Med",
        year=2006,
        volume="25",
        page="205",
    ),
    "Brant's test (1990)": Source(
        authors=("Brant R",),
        title="Assessing proportionality in the proportional odds model for ordinal logistic regression",
        journal="Biometrics",
        year=1990,
        volume="46",
        page="1171",
    ),
    "Burzykowski & Buyse 2006": Source(
        authors=("Burzykowski T", "Buyse M"),
        title="Surrogate threshold effect: an alternative measure for meta-analytic surrogate endpoint "
        "validation",
        journal="Pharm Stat",
        year=2006,
        volume="5",
        page="173",
    ),
    "Carroll et al. 2006": Source(
        authors=("Carroll RJ", "Ruppert D", "Stefanski LA", "Crainiceanu CM"),
        title="Measurement error in nonlinear models",
        edition="2nd",
        publisher="Chapman & Hall",
        year=2006,
    ),
    "Christensen 2019": Source(
        authors=("Christensen RHB",),
        title="ordinal: regression models for ordinal data",
        publisher="R package",
        year=2019,
        software=True,
    ),
    "Cinelli & Hazlett 2020": Source(
        authors=("Cinelli C", "Hazlett C"),
        title="Making sense of sensitivity: extending omitted variable bias",
        journal="J R Stat Soc B",
        year=2020,
        volume="82",
        page="39",
    ),
    "Davison & Hinkley 1997": Source(
        authors=("Davison AC", "Hinkley DV"),
        title="Bootstrap methods and their application",
        publisher="Cambridge University Press",
        year=1997,
    ),
    "Efron 1987": Source(
        authors=("Efron B",),
        title="Better bootstrap confidence intervals",
        journal="J Am Stat Assoc",
        year=1987,
        volume="82",
        page="171",
    ),
    "Fieller 1954": Source(
        authors=("Fieller EC",),
        title="Some problems in interval estimation",
        journal="J R Stat Soc B",
        year=1954,
        volume="16",
        page="175",
    ),
    "Freedman et al. 1992": Source(
        authors=("Freedman LS", "Graubard BI", "Schatzkin A"),
        title="Statistical validation of intermediate endpoints",
        journal="Stat Med",
        year=1992,
        volume="11",
        page="167",
    ),
    "Harrell 2015": Source(
        authors=("Harrell FE",),
        title="Regression modeling strategies",
        edition="2nd",
        publisher="Springer",
        year=2015,
    ),
    "Higgins et al. 2009": Source(
        authors=("Higgins JPT", "Thompson SG", "Spiegelhalter DJ"),
        title="A re-evaluation of random-effects meta-analysis",
        journal="J R Stat Soc A",
        year=2009,
        volume="172",
        page="137",
    ),
    "Imai et al. 2010": Source(
        authors=("Imai K", "Keele L", "Tingley D"),
        title="A general approach to causal mediation analysis",
        journal="Psychol Methods",
        year=2010,
        volume="15",
        page="309",
    ),
    "IQWiG 2011": Source(
        authors=("IQWiG",),
        title="Validity of surrogate endpoints in oncology",
        publisher="Rapid report A10-05",
        year=2011,
    ),
    "Karlson et al. 2012": Source(
        authors=("Karlson KB", "Holm A", "Breen R"),
        title="Comparing regression coefficients between same-sample nested models",
        journal="Sociol Methodol",
        year=2012,
        volume="42",
        page="286",
    ),
    "Knapp & Hartung 2003": Source(
        authors=("Knapp G", "Hartung J"),
        title="Improved tests for a random effects meta-regression with a single covariate",
        journal="Stat Med",
        year=2003,
        volume="22",
        page="2693",
    ),
    "Lachin 1999": Source(
        authors=("Lachin JM",),
        title="Worst-rank score analysis with informatively missing observations in clinical trials",
        journal="Control Clin Trials",
        year=1999,
        volume="20",
        page="408",
    ),
    "Lee et al. 2021": Source(
        authors=("Lee H",),
        others=True,
        title="A guideline for reporting mediation analyses (AGReMA)",
        journal="JAMA",
        year=2021,
        volume="326",
        page="1045",
    ),
    "McCullagh 1980": Source(
        authors=("McCullagh P",),
        title="Regression models for ordinal data",
        journal="J R Stat Soc B",
        year=1980,
        volume="42",
        page="109",
    ),
    "Peterson & Harrell 1990": Source(
        authors=("Peterson B", "Harrell FE"),
        title="Partial proportional odds models for ordinal response variables",
        journal="J R Stat Soc C",
        year=1990,
        volume="39",
        page="205",
    ),
    "Prentice 1989": Source(
        authors=("Prentice RL",),
        title="Surrogate endpoints in clinical trials: definition and operational criteria",
        journal="Stat Med",
        year=1989,
        volume="8",
        page="431",
    ),
    "Röver et al. 2015": Source(
        authors=("Röver C", "Knapp G", "Friede T"),
        title="Hartung-Knapp-Sidik-Jonkman approach and its modification for random-effects meta-analysis "
        "with few studies",
        journal="BMC Med Res Methodol",
        year=2015,
        volume="15",
        page="99",
    ),
    "Rubin 1987": Source(
        authors=("Rubin DB",),
        title="Multiple imputation for nonresponse in surveys",
        publisher="Wiley",
        year=1987,
    ),
    "Schomaker & Heumann 2018": Source(
        authors=("Schomaker M", "Heumann C"),
        title="Bootstrap inference when using multiple imputation",
        journal="Stat Med",
        year=2018,
        volume="37",
        page="2252",
    ),
    "Smith & VanderWeele 2019": Source(
        authors=("Smith LH", "VanderWeele TJ"),
        title="Mediational E-values: approximate sensitivity analysis for unmeasured mediator-outcome "
        "confounding",
        journal="Epidemiology",
        year=2019,
        volume="30",
        page="835",
    ),
    "van Buuren 2018": Source(
        authors=("van Buuren S",),
        title="Flexible imputation of missing data",
        edition="2nd",
        publisher="CRC Press",
        year=2018,
    ),
    "VanderWeele & Vansteelandt 2014": Source(
        authors=("VanderWeele TJ", "Vansteelandt S"),
        title="Mediation analysis with multiple mediators",
        journal="Epidemiol Methods",
        year=2014,
        volume="2",
        page="95",
    ),
    "VanderWeele et al. 2016": Source(
        authors=("VanderWeele TJ", "Zhang Y", "Lim P"),
        title="Mediation analysis with an ordinal outcome",
        journal="Epidemiology",
        year=2016,
        volume="27",
        page="651",
    ),
    "Viechtbauer 2007": Source(
        authors=("Viechtbauer W",),
        title="Confidence intervals for the amount of heterogeneity in meta-analysis",
        journal="Stat Med",
        year=2007,
        volume="26",
        page="37",
    ),
    "Zhang & Rubin 2003": Source(
        authors=("Zhang JL", "Rubin DB"),
        title="Estimation of causal effects via principal stratification when some outcomes are truncated by "
        "death",
        journal="J Educ Behav Stat",
        year=2003,
        volume="28",
        page="353",
    ),
}
