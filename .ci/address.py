"""Write the repository's address into a checkout before a release: into the URLs and the links in the README.

python .ci/address.py https://HOST/OWNER/NAME
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
URLS = """\
[project.urls]
Source = "{0}"
Documentation = "{0}#readme"
Changelog = "{0}/blob/main/.github/CHANGELOG.md"
Issues = "{0}/issues"

"""


def with_urls(settings: str, address: str) -> str:
    """Return the text of pyproject.toml with the URLs of a repository at that address."""
    table = "[project.scripts]\n"
    assert settings.count(table) == 1 and "[project.urls]" not in settings, (
        "want a pyproject.toml without [project.urls]"
    )
    return settings.replace(table, URLS.format(address.rstrip("/")) + table)


def description(readme: str, settings: str) -> str:
    """Return the README as a package index can show it: links into the repository get its address, if it has one."""
    source = re.search(r'(?m)^Source = "(.+?)/?"$', settings)
    text = re.sub(r"(?m)^<!--.*-->\n", "", readme)
    if source:
        text = re.sub(r"(?<=\]\()(?!https?:|#)", f"{source[1]}/blob/main/", text)
        return text.replace(f"]({source[1]}/blob/main/.github/graph.svg", f"]({source[1]}/raw/main/.github/graph.svg")
    text = re.sub(r"(?m)^!\[.*?\]\((?!https?:).*?\)\n\n", "", text)
    return re.sub(r"\[([^\[\]]+)\]\((?!https?:|#)[^)]*\)", r"\1", text)


def main(address: str, root: Path = ROOT) -> None:
    settings = with_urls((root / "pyproject.toml").read_text(encoding="utf-8"), address)
    (root / "pyproject.toml").write_text(settings, encoding="utf-8", newline="\n")
    text = description((root / "README.md").read_text(encoding="utf-8"), settings)
    (root / ".github" / "description.md").write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
