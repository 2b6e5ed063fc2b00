"""How fields look: each a component of the design system, every text in the reader's language."""

from typing import Any

from markupsafe import Markup

from casehub.web.components import component
from casehub.web.language import translated


def line(field: Any, **more: Any) -> Markup:
    """Show a field of one line."""
    classes = "app-full" if not field.width else f"govuk-input--width-{field.width}"
    return component(
        "input",
        value=field.data or "",
        autocomplete=field.autocomplete,
        spellcheck=False,
        classes=classes,
        **_common(field) | more,
    )


def code(field: Any, **more: Any) -> Markup:
    """Show a field for a code: empty each time, with a telephone's keys where it is digits."""
    own = {"autocapitalize": "characters", "classes": "app-code-input"}
    return component(
        "input",
        autocomplete=field.autocomplete,
        spellcheck=False,
        **_common(field) | own | more,
    )


def long_text(field: Any, **more: Any) -> Markup:
    """Show a field of several lines."""
    return component(
        "textarea",
        value=field.data or "",
        rows=field.rows,
        classes="app-full",
        autocomplete="off",
        **_common(field) | more,
    )


def passphrase(field: Any, **more: Any) -> Markup:
    """Show an empty field for a passphrase, with a button that shows what is typed."""
    return component(
        "password-input",
        autocomplete=field.autocomplete,
        showPasswordText=translated("Show"),
        hidePasswordText=translated("Hide again"),
        showPasswordAriaLabelText=translated("Show the passphrase"),
        hidePasswordAriaLabelText=translated("Hide the passphrase again"),
        passwordShownAnnouncementText=translated("Your passphrase can be seen"),
        passwordHiddenAnnouncementText=translated("Your passphrase is hidden"),
        **_common(field) | more,
    )


def choice(field: Any, **more: Any) -> Markup:
    """Show the choices as small radios, or as a list to open."""
    if field.as_list:
        items = [{"value": "", "text": translated(field.empty)}, *_items(field, [field.data])]
        return component("select", items=items, classes="app-full", **_common(field) | more)
    return component(
        "radios",
        idPrefix=field.id,
        items=_items(field, [field.data]),
        classes="govuk-radios--small",
        **_group(field) | more,
    )


def choices(field: Any, **more: Any) -> Markup:
    """Show the choices as small checkboxes."""
    return component(
        "checkboxes",
        idPrefix=field.id,
        items=_items(field, field.data),
        classes="govuk-checkboxes--small",
        **_group(field) | more,
    )


def tick(field: Any, **more: Any) -> Markup:
    """Show one small box with its sentence."""
    item: dict[str, Any] = {"value": "yes", "text": translated(field.label.text)}
    item["checked"] = bool(field.data)
    if field.hint:
        item["hint"] = {"text": translated(field.hint)}
    shown = {"name": field.name, "errorMessage": _message(field)}
    return component(
        "checkboxes",
        idPrefix=field.id,
        items=[item],
        classes="govuk-checkboxes--small",
        **shown | more,
    )


def day(field: Any, **more: Any) -> Markup:
    """Show three boxes for a day."""
    wrong = " govuk-input--error" if field.errors else ""
    items = [
        {
            "name": part,
            "label": translated(label),
            "value": field.typed[part],
            "classes": f"govuk-input--width-{width}{wrong}",
            "autocomplete": "off",
        }
        for part, label, width in field.PARTS
    ]
    shown = _group(field) | {"id": field.id, "namePrefix": field.name}
    return component("date-input", items=items, **shown | more)


def hidden(field: Any, **_more: Any) -> Markup:
    """Carry a value along."""
    frame = Markup('<input type="hidden" name="{}" value="{}">')
    return frame.format(field.name, "" if field.data is None else field.data)


def _common(field: Any) -> dict[str, Any]:
    label = {"text": translated(field.label.text), "classes": "govuk-label--s"}
    return {
        "id": field.id,
        "name": field.name,
        "label": label,
        "hint": {"text": translated(field.hint)} if field.hint else None,
        "errorMessage": _message(field),
    }


def _group(field: Any) -> dict[str, Any]:
    legend = {"text": translated(field.label.text), "classes": "govuk-fieldset__legend--s"}
    return {
        "name": field.name,
        "fieldset": {"legend": legend},
        "hint": {"text": translated(field.hint)} if field.hint else None,
        "errorMessage": _message(field),
    }


def _items(field: Any, chosen: list[Any]) -> list[dict[str, Any]]:
    items = []
    for value, text in field.choices:
        item: dict[str, Any] = {"value": value, "text": translated(text)}
        item["checked"] = item["selected"] = value in chosen
        if value in field.hints:
            item["hint"] = {"text": translated(field.hints[value])}
        items.append(item)
    return items


def _message(field: Any) -> dict[str, str] | None:
    if not field.errors:
        return None
    return {"text": field.errors[0], "visuallyHiddenText": translated("Error")}
