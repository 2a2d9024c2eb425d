from django.urls import path

from enrollment.web import api_keys, people, person_account, roles, scope_tags

urlpatterns = [
    path("people/", people.person_list, name="person-list"),
    path("people/new/", people.new, name="person-new"),
    path("people/<int:pk>/", people.detail, name="person-detail"),
    path("people/<int:pk>/edit/", people.edit, name="person-edit"),
    path("people/<int:pk>/invite/", person_account.invite, name="person-invite"),
    path("people/<int:pk>/deactivate/", person_account.deactivate, name="person-deactivate"),
    path("people/<int:pk>/activate/", person_account.activate, name="person-activate"),
    path("people/<int:pk>/sessions/", person_account.sign_out, name="person-sign-out"),
    path("people/<int:pk>/factors/", person_account.forget_factors, name="person-forget-factors"),
    path("people/<int:pk>/calendar/", person_account.revoke_calendar, name="person-revoke-calendar"),
    path("roles/", roles.role_list, name="role-list"),
    path("roles/new/", roles.new, name="role-new"),
    path("roles/<int:pk>/", roles.detail, name="role-detail"),
    path("roles/<int:pk>/edit/", roles.edit, name="role-edit"),
    path("roles/<int:pk>/delete/", roles.delete, name="role-delete"),
    path("scope-tags/", scope_tags.scope_tag_list, name="scope-tag-list"),
    path("scope-tags/new/", scope_tags.new, name="scope-tag-new"),
    path("scope-tags/<int:pk>/", scope_tags.detail, name="scope-tag-detail"),
    path("scope-tags/<int:pk>/edit/", scope_tags.edit, name="scope-tag-edit"),
    path("scope-tags/<int:pk>/delete/", scope_tags.delete, name="scope-tag-delete"),
    path("keys/", api_keys.api_key_list, name="api-key-list"),
    path("keys/new/", api_keys.new, name="api-key-new"),
    path("keys/<int:pk>/revoke/", api_keys.revoke, name="api-key-revoke"),
]
