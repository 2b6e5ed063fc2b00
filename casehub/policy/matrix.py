"""The policy as a page that people can check: who may do what, when, and why."""

from casehub.policy.book import Book
from casehub.policy.permissions import Permission
from casehub.policy.roles import Role
from casehub.policy.table import Rule, Table

_HEAD = """# Who may do what

Generated from `access.toml` by `casehub policy matrix --write`; a test compares the two. A cell
names the rules that allow it; all words of such a rule must hold. What has no rule is denied, and
a deny beats every allow.
"""


def matrix(table: Table, words: Book) -> str:
    """Write the policy as Markdown: the matrix, the rules with their reasons, the words."""
    return "\n".join([_HEAD, *_grid(table), "", *_rules(table), "", *_words(words), ""])


def _grid(table: Table) -> list[str]:
    lines = [
        "| permission | " + " | ".join(role.value for role in Role) + " |",
        "|---" * (len(Role) + 1) + "|",
    ]
    for permission in Permission:
        rules = table.about(permission, allows=True)
        cells = [", ".join(rule.id for rule in rules if role in rule.who) or "" for role in Role]
        lines.append(f"| `{permission.value}` | " + " | ".join(cells) + " |")
    return lines


def _rules(table: Table) -> list[str]:
    return ["## Rules", "", *(line for rule in table.rules for line in _rule(rule))]


def _rule(rule: Rule) -> list[str]:
    verb = "allows" if rule.allows else "**denies**"
    roles = ", ".join(role.value for role in Role if role in rule.who)
    acts = ", ".join(f"`{item.value}`" for item in Permission if item in rule.do)
    return [
        f"- **{rule.id}** {verb} {roles}: {acts}",
        f"  when {' and '.join(f'`{word}`' for word in rule.when)}. {rule.why}",
    ]


def _words(words: Book) -> list[str]:
    lines = [f"- `{word.name}` (about a {word.about.value}): {word.sentence}" for word in words]
    return ["## Words", "", *sorted(lines)]
