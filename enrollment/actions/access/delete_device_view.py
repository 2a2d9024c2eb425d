from enrollment.models import SavedView


def delete_device_view(view: SavedView) -> None:
    """Forget a saved device list. It is the person's own: not recorded."""
    view.delete()
