"""The icons, as the inside of an SVG 16 by 16: s strong lines, t thin lines, f filled."""

from markupsafe import Markup

ICONS = {
    "tick": Markup('<path class="s" d="M2 8.6 6.2 12.8 14 3.8"/>'),
    "cross": Markup('<path class="s" d="m3.2 3.2 9.6 9.6M12.8 3.2 3.2 12.8"/>'),
    "wait": Markup(
        '<circle class="f" cx="3" cy="8" r="1.5"/><circle class="f" cx="8" cy="8" '
        'r="1.5"/><circle class="f" cx="13" cy="8" r="1.5"/>'
    ),
    "lock": Markup(
        '<path class="s" d="M5 7V5a3 3 0 0 1 6 0v2"/><path class="f" d="M2.5 7h11v7.5h-11z"/>'
    ),
    "open": Markup(
        '<path class="s" d="M5 7.5V4.6a3 3 0 0 1 5.8-1"/><path class="t" d="M3 7.5h10v6.5H3z"/>'
    ),
    "warn": Markup(
        '<path class="f" fill-rule="evenodd" d="M8 1 15.5 14.5H.5zM7.1 5.8h1.8l-.2 '
        '4.4H7.3zM8 11.2a1 1 0 1 1 0 2 1 1 0 0 1 0-2"/>'
    ),
    "clock": Markup(
        '<circle class="t" cx="8" cy="8" r="6.2"/><path class="t" d="M8 4.3V8l2.6 1.8"/>'
    ),
    "ring": Markup('<circle class="t" cx="8" cy="8" r="5"/>'),
    "phone": Markup('<path class="t" d="M4.8 1.5h6.4v13H4.8zM7 12.2h2"/>'),
    "leave": Markup('<path class="s" d="M6.5 2.5h-4v11h4M6.5 8h7M10.5 4.8 13.7 8l-3.2 3.2"/>'),
    "block": Markup(
        '<circle class="t" cx="8" cy="8" r="6"/><path class="t" d="m3.9 3.9 8.2 8.2"/>'
    ),
    "shield": Markup(
        '<path class="t" d="M8 1.5 13.5 3.5v4c0 3.3-2.2 5.5-5.5 7-3.3-1.5-5.5-3.7-5.5-7v-4z"/>'
    ),
    "arrow": Markup('<path class="s" d="M2 8h11M9 3.8 13.2 8 9 12.2"/>'),
    "plus": Markup('<path class="s" d="M8 2.5v11M2.5 8h11"/>'),
    "back": Markup('<path class="s" d="M14 8H3M7 3.8 2.8 8 7 12.2"/>'),
    "info": Markup(
        '<path class="f" fill-rule="evenodd" d="M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 '
        '1m-1.1 5.8v5h2.2v-5zM8 3.7a1.2 1.2 0 1 0 0 2.4 1.2 1.2 0 0 0 0-2.4"/>'
    ),
}
