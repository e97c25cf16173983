"""THE table of reported numbers: name, symbol, unit, definition, reference; labels in English and Korean.

Every number that a table, a report or `--json` carries is one of these. Not here: how they are computed
(`crowd.kernels`, `crowd.risk`), nor thresholds
(`crowd.alert_levels`, `crowd.level_of_service`, `crowd.risk`).
"""
# ruff: noqa: E501  (a row of the table keeps its sentence on one line)

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

FRUIN_1971 = "Fruin 1971"
HELBING_2007 = "Helbing, Johansson & Al-Abideen 2007"
HOPKINS_1993 = "Hopkins et al. 1993, through Lee & Hughes 2006"


@dataclass(frozen=True)
class Quantity:
    """One reported number.

    Args:
        name: the word used in code, tables and JSON.
        symbol: the letter used in equations.
        unit: SI unit; "-" for a pure number.
        decimals: digits after the point when the number is shown.
        labels: short name by language ("en", "ko").
        definitions: one sentence by language.
        reference: author and year, or "assumed".
    """

    name: str
    symbol: str
    unit: str
    decimals: int
    labels: Mapping[str, str]
    definitions: Mapping[str, str]
    reference: str

    def shown(self, value: float | None) -> float | int | None:
        """Return `value` as it is shown: a page and its data carry the same number; nan and None give None."""
        if value is None or not math.isfinite(value):
            return None
        return round(float(value), self.decimals) if self.decimals else round(float(value))


def _quantity(
    name: str,
    symbol: str,
    unit: str,
    decimals: int,
    *,
    en: tuple[str, str],
    ko: tuple[str, str],
    reference: str,
) -> Quantity:
    labels = MappingProxyType({"en": en[0], "ko": ko[0]})
    definitions = MappingProxyType({"en": en[1], "ko": ko[1]})
    return Quantity(name, symbol, unit, decimals, labels, definitions, reference)


# fmt: off
_TABLE = (
    _quantity(
        "level_density", "ρ_L", "1/m²", 2,
        en=("level density", "People per walkable floor in a moving 3 × 3 m window (at least 6 m² of floor, else the zone), mean of 10 s; what alert levels are judged by."),
        ko=("경보 판정 밀도", "3 × 3 m 이동 창 안의 보행 가능 면적(6 m² 이상, 미만이면 구역 전체)당 인원의 10초 평균. 경보 단계는 이 값으로 판정한다."),
        reference="this project (model definition)",
    ),
    _quantity(
        "local_density", "ρ", "1/m²", 2,
        en=("local density", "People weighted by a Gaussian of 1 m over the floor in sight; walls, fences and other levels shield."),
        ko=("국소 밀도", "직선으로 닿을 수 있는 바닥에 대해 1 m 가우스 가중으로 구한 밀도. 벽·펜스·다른 층은 차단된다."),
        reference=HELBING_2007,
    ),
    _quantity(
        "mean_density", "ρ_m", "1/m²", 2,
        en=("mean density", "People in a zone divided by its walkable floor; hides local crowding."),
        ko=("구역 평균 밀도", "구역 내 인원 ÷ 보행 가능 면적. 국지적 밀집은 드러나지 않는다."),
        reference="definition",
    ),
    _quantity(
        "individual_density", "ρ_i", "1/m²", 2,
        en=("individual density", "1 over the area of a person's Voronoi cell: the floor nearer to them than to anybody else, within 1 m."),
        ko=("개인별 밀도", "한 사람의 보로노이 셀(반경 1 m 안에서 다른 누구보다 그 사람에게 가까운 바닥) 면적의 역수."),
        reference="Steffen & Seyfried 2010; cut-off assumed",
    ),
    _quantity(
        "voronoi_density", "ρ_V", "1/m²", 2,
        en=("Voronoi density", "Mean of the individual density over the floor of a measurement area."),
        ko=("보로노이 밀도", "측정 구역 바닥에 걸친 개인별 밀도의 평균."),
        reference="Steffen & Seyfried 2010",
    ),
    _quantity(
        "contact_force", "F", "N", 0,
        en=("contact force", "How hard one body is squeezed: largest eigenvalue of half the sum of the contact forces; someone pressed front and back by F reads F."),
        ko=("신체 압박력", "한 사람이 눌리는 힘. 접촉력 합의 절반(텐서)의 최대 고윳값으로, 앞뒤에서 F로 눌리면 F가 된다."),
        reference="this project (model definition)",
    ),
    _quantity(
        "contact_force_10s", "F_10", "N", 0,
        en=("contact force, mean of 10 s", "Mean over the last 10 s of the contact force on one person."),
        ko=("신체 압박력(10초 평균)", "한 사람이 받는 압박력의 최근 10초 평균."),
        reference="assumed averaging time",
    ),
    _quantity(
        "dose", "D", "-", 3,
        en=("force dose", "Sum of dt / t_crit with t_crit = 15 s × (6227 N / F)^1.74 above 600 N, on the 10 s mean; an engineering index from two published points, not medical."),
        ko=("압박 누적지수", "600 N 초과 구간에서 dt / t_crit의 합, t_crit = 15초 × (6227 N / F)^1.74 (10초 평균 힘). 공개된 두 점에 근거한 공학 지표이며 의학적 판단이 아니다."),
        reference=f"{HOPKINS_1993}; the curve between the points is assumed",
    ),
    _quantity(
        "crowd_pressure", "P", "1/s²", 3,
        en=("crowd pressure", "Density times variance of velocity; above 0.02 at 5 people/m² or more for 10 s it marks turbulent motion."),
        ko=("군중 압력(난류 지표)", "밀도 × 속도 분산. 5명/m² 이상에서 10초간 0.02를 넘으면 군중 난류로 본다."),
        reference=f"{HELBING_2007}; density and duration assumed",
    ),
    _quantity(
        "congestion_level", "CL", "1/m", 2,
        en=("congestion level", "How much the stream turns within itself: largest minus smallest rotation of the mean velocity among people within 1.5 m, divided by their mean speed; mean over people who walk."),
        ko=("혼잡도(CL)", "흐름이 얼마나 뒤엉키는지의 지표. 반경 1.5 m 안 사람들의 평균 속도장 회전(최대 − 최소)을 평균 속도로 나눈 값을 걷는 사람 전체에 평균한 것."),
        reference="Feliciani & Nishinari 2018; places, circle and weight of 0.5 m assumed",
    ),
    _quantity(
        "congestion_number", "CN", "-", 2,
        en=("congestion number", "Congestion level times a length over 6: about 0 for a stream of one direction, more where people cross, weave or come the other way; no limit is published."),
        ko=("혼잡수(CN)", "혼잡도 × 길이 ÷ 6(무차원). 한 방향 흐름에서 0에 가깝고 교차·엇갈림·마주 오는 흐름에서 커진다. 공표된 기준값은 없다."),
        reference="Zanlungo et al. 2020; length of 0.44 m assumed",
    ),
    _quantity(
        "oscillation", "f", "Hz", 3,
        en=("oscillation", "Turns per second of the orbit that people packed at 5 people/m² or more are carried round; positive counter-clockwise on the plan, only if it stands clear of noise."),
        ko=("군중 흔들림", "5명/m² 이상 밀집 군중이 함께 휩쓸려 도는 초당 회전수. 평면도에서 반시계 방향이 양수이며, 잡음과 뚜렷이 구별될 때만 보고한다."),
        reference="Gu et al. 2025; density, duration and level of alarm assumed",
    ),
    _quantity(
        "opposed_people", "n_o", "person", 0,
        en=("opposed people", "People at 1 person/m² or more, of whose neighbours within 1.5 m at least one in five walks against them."),
        ko=("마주 걷는 인원", "1명/m² 이상에서, 반경 1.5 m 안 다섯 명 중 한 명 이상이 반대로 걸어오는 사람의 수."),
        reference="this project (assumed limits)",
    ),
    _quantity(
        "exposure", "E", "person·s", 0,
        en=("exposure", "Number of people above a limit, times how long; 100 people for 30 s are 3,000 person-seconds."),
        ko=("노출량", "기준을 넘은 곳에 있던 인원 × 시간. 100명이 30초이면 3,000인·초."),
        reference="definition",
    ),
    _quantity(
        "flow", "J", "1/min", 0,
        en=("flow", "People who cross a line in one minute."),
        ko=("통과 인원", "선을 1분 동안 통과한 인원."),
        reference="definition",
    ),
    _quantity(
        "specific_flow", "J_s", "1/(m s)", 2,
        en=("specific flow", "People over a line per second and metre of clear width."),
        ko=("폭당 유동률", "유효 폭 1 m, 1초당 통과 인원."),
        reference="Adrian et al. 2019",
    ),
    _quantity(
        "gridlock", "-", "s", 0,
        en=("gridlock", "Specific flow over a line below 0.1 /(m s) for 120 s with more than 2 people/m² on both sides."),
        ko=("통행 정체(교착)", "양쪽 밀도가 2명/m²를 넘는 상태에서 폭당 유동률이 120초간 0.1 /(m s) 미만."),
        reference="this project (assumed limits)",
    ),
    _quantity(
        "level_of_service", "LoS", "-", 0,
        en=("level of service", "Letter A (free) to F (packed) for walkways and queues, from the level density."),
        ko=("서비스수준", "보행로·대기공간별 A(자유)~F(과밀) 등급. 경보 판정 밀도로 산정."),
        reference=FRUIN_1971,
    ),
    _quantity(
        "lead_time", "t_L", "s", 0,
        en=("lead time", "From a zone's first crossing of a level to the next level, and to the first harm (10 s mean force above 600 N)."),
        ko=("대응 가능 시간", "어떤 단계에 처음 도달한 때부터 다음 단계, 그리고 첫 위해(10초 평균 압박력 600 N 초과)까지의 시간."),
        reference="definition",
    ),
    _quantity(
        "waiting", "n_w", "person", 0,
        en=("waiting outside", "People who have arrived but found no room to enter; counted, never dropped."),
        ko=("진입 대기 인원", "도착했으나 들어갈 자리가 없어 밖에서 기다리는 인원. 누락 없이 집계된다."),
        reference="definition",
    ),
    _quantity(
        "people", "n", "person", 0,
        en=("people", "Number of people."),
        ko=("인원", "사람 수."),
        reference="definition",
    ),
    _quantity(
        "delay", "t_d", "s", 0,
        en=(
            "delay",
            "Time from arrival to leaving, minus the time the same way takes when it is empty (by way of a zone: on average,"
            " so a short delay may come out negative). Of whoever has not left at the end: what it is at least.",
        ),
        ko=(
            "지체 시간",
            "도착부터 퇴장까지 걸린 시간에서, 비어 있을 때의 소요 시간을 뺀 값. 구역을 거쳐 가는 길은 평균으로 어림하므로 짧은 지체는"
            " 음수가 될 수 있음. 아직 퇴장하지 않은 사람은 종료 시점까지의 최소 지체로 계산함.",
        ),
        reference="definition",
    ),
    _quantity(
        "duration", "t", "s", 0,
        en=("duration", "Length of time."),
        ko=("시간", "시간 길이."),
        reference="definition",
    ),
    _quantity(
        "wall_load", "q", "N/m", 0,
        en=("wall and barrier load", "Normal force of bodies per metre of wall or barrier."),
        ko=("벽·난간 하중", "벽이나 난간 1 m당 사람이 미는 힘."),
        reference="definition",
    ),
    _quantity(
        "area", "A", "m²", 0,
        en=("walkable floor", "Floor people can stand on: walkable area minus obstacles."),
        ko=("보행 가능 면적", "장애물을 제외한, 사람이 설 수 있는 바닥 면적."),
        reference="definition",
    ),
    _quantity(
        "length", "l", "m", 2,
        en=("length", "Length, or a coordinate in the venue's own metres."),
        ko=("길이", "길이 또는 현장 좌표(m)."),
        reference="definition",
    ),
    _quantity(
        "speed", "v", "m/s", 2,
        en=("speed", "Distance covered in 0.5 s, divided by 0.5 s."),
        ko=("보행 속도", "0.5초 동안 이동한 거리 ÷ 0.5초."),
        reference="definition",
    ),
)
# fmt: on

QUANTITIES: Mapping[str, Quantity] = MappingProxyType({quantity.name: quantity for quantity in _TABLE})
"""Every reported number by its name."""

YEARS = range(1900, 9001)
"""In which something may begin: times are counted from it, and calendars end (assumed)."""

EXPOSURE_DENSITIES = (2, 3, 4, 5, 7)
"""Local densities whose exceedance is counted in person-seconds [1/m2]."""
