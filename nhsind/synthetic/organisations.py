"""The invented organisations of a sample: names, parents, mergers. Every code and name looks it."""

from __future__ import annotations

from datetime import date

import pandas as pd

STPS, TCPS, REGIONS = 44, 48, 7
PROVIDERS_PER_STP = 3
MERGER = date(2018, 4, 1)

COLOURS = (
    "Amber Azure Bronze Cobalt Copper Coral Crimson Ebony Emerald Fawn Garnet Golden "
    "Indigo Ivory Jade Lilac Maroon Ochre Olive Pearl Russet Saffron Silver Umber"
).split()
BIRDS = "Avocet Bittern Curlew Dunlin Fulmar Heron Kestrel Lapwing Merlin Plover".split()


def stps_of(codes: list[str]) -> dict[str, int]:
    """Which STP each CCG lies in: neighbours share one."""
    return {code: index * STPS // max(len(codes), STPS) for index, code in enumerate(codes)}


def providers_of(stps: dict[str, int]) -> dict[str, list[str]]:
    """The providers of each CCG's STP, its own main one first: neighbours differ in that."""
    found = {}
    for index, (code, stp) in enumerate(stps.items()):
        turn = [(index + step) % PROVIDERS_PER_STP for step in range(PROVIDERS_PER_STP)]
        found[code] = [f"ZP{stp * PROVIDERS_PER_STP + place + 1:03d}" for place in turn]
    return found


def geography(stp_of: dict[str, int]) -> pd.DataFrame:
    """The table `geography`; with two or more CCGs the last two merge in April 2018."""
    codes = list(stp_of)
    merging = codes[-2:] if len(codes) > 1 else []
    successor = f"ZX{len(codes) + 1:03d}"
    rows = []
    for index, code in enumerate(codes):
        rows.append(
            _place(stp_of[code], index)
            | {
                "ccg_code": code,
                "ccg_name": _ccg_name(index),
                "valid_from": "2013-04-01",
                "valid_to": "2018-03-31" if code in merging else None,
                "successor_ccg_code": successor if code in merging else None,
            }
        )
    if merging:
        place = _place(stp_of[merging[0]], len(codes) - 2)
        name = f"{_ccg_name(len(codes) - 2)} and {_ccg_name(len(codes) - 1)}"
        rows.append(place | {"ccg_code": successor, "ccg_name": name, "valid_from": f"{MERGER}"})
    for stp in sorted(set(stp_of.values())):
        for step in range(PROVIDERS_PER_STP):
            number = stp * PROVIDERS_PER_STP + step + 1
            provider: dict[str, str | None] = {
                "provider_code": f"ZP{number:03d}",
                "provider_name": f"Sample Trust {number}",
            }
            parents = _place(stp, 0)
            rows.append({key: parents[key] for key in parents if key[:3] != "tcp"} | provider)
    columns = (
        "ccg_code ccg_name tcp_code tcp_name stp_code stp_name region_code region_name "
        "provider_code provider_name successor_ccg_code valid_from valid_to"
    ).split()
    return pd.DataFrame(rows, columns=columns)


def _place(stp: int, index: int) -> dict[str, str | None]:
    region = stp * REGIONS // STPS
    # The first four STPs hold two TCPs each, the others one.
    tcp = stp + (STPS if stp < TCPS - STPS and index % 2 else 0)
    return {
        "tcp_code": f"ZT{tcp + 1:02d}",
        "tcp_name": f"Sample Transforming Care Partnership {tcp + 1}",
        "stp_code": f"ZS{stp + 1:02d}",
        "stp_name": f"Sample STP {stp + 1}",
        "region_code": f"ZR{region + 1}",
        "region_name": f"Sample Region {region + 1}",
    }


def _ccg_name(index: int) -> str:
    colour = COLOURS[index % len(COLOURS)]
    bird = BIRDS[index // len(COLOURS) % len(BIRDS)]
    again = index // (len(COLOURS) * len(BIRDS))
    return f"Sample CCG {colour} {bird}" + (f" {again + 1}" if again else "")
