from django import template
from django.utils.translation import gettext as _

register = template.Library()

# The first that occurs: others name themselves too, to be served like them.
BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "CrOS": "ChromeOS",
    "Mac": "macOS",
    "Linux": "Linux",
}


@register.filter
def browser(agent: str) -> str:
    """What people call a browser and its system, from how it calls itself."""
    name = next((words for mark, words in BROWSERS.items() if mark in agent), "")
    system = next((words for mark, words in SYSTEMS.items() if mark in agent), "")
    if name and system:
        return _("%(browser)s on %(system)s") % {"browser": name, "system": system}
    return name or system or agent.split("/", maxsplit=1)[0] or _("Unknown browser")
