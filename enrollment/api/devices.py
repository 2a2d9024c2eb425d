from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.exceptions import ValidationError

from enrollment.api.filters import parameters_of
from enrollment.api.serializers.devices import DeviceSerializer
from enrollment.api.viewset import Reading
from enrollment.models import Device, Permission
from enrollment.models.device_filter import DeviceFilter


@extend_schema_view(list=extend_schema(parameters=parameters_of(DeviceFilter)))
class DeviceViewSet(Reading):
    """Devices, with the filters of the list page."""

    queryset = Device.objects.none()
    serializer_class = DeviceSerializer
    needed = Permission.READ_DEVICE

    def get_queryset(self) -> QuerySet[Device]:
        return Device.objects.visible_to(self.request.user).with_state().with_needs_wipe().select_related("profile")

    def filter_queryset(self, queryset: QuerySet[Device]) -> QuerySet[Device]:
        if self.action != "list":
            return queryset
        filters = DeviceFilter(self.request.query_params, person=self.request.user)
        if not filters.is_valid():
            raise ValidationError(filters.errors)
        return filters.devices.with_state().with_needs_wipe().select_related("profile")
