from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from enrollment.actions.devices.export_devices import export_devices
from enrollment.models import Permission
from enrollment.models.device_filter import DeviceFilter
from enrollment.permissions import check


@require_GET
def export(request: HttpRequest) -> StreamingHttpResponse:
    """What the device list is filtered to, as a file for spreadsheets."""
    check(request.user, Permission.READ_DEVICE)
    lines = export_devices(DeviceFilter(request.GET, person=request.user), by=request.user)
    headers = {"Content-Disposition": f'attachment; filename="devices-{timezone.localdate()}.csv"'}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)
