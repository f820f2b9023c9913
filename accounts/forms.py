"""What people type about themselves: profile and artist page. Forms check shape, services decide."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from accounts.entry_forms import HANDLE_ATTRS, HANDLE_HELP
from accounts.models import Artist, User
from accounts.services import handles
from accounts.services.refusals import AccountError
from casset_site.lib import pictures

Posted = QueryDict | None
Files = MultiValueDict[str, Any] | None

HTTPS_ONLY = "Write a full address that begins with https://."


class PictureMixin(forms.Form):
    """An optional picture, decoded while the form is checked, and the wish to have none."""

    picture = forms.FileField(
        label="Picture",
        required=False,
        help_text="JPEG, PNG or WebP, at least 96 × 96 pixels. We cut it to a square.",
        widget=forms.FileInput(attrs={"accept": "image/*"}),
    )
    remove_picture = forms.BooleanField(label="Remove the present picture", required=False)

    def clean_picture(self) -> pictures.Picture | None:
        upload = self.cleaned_data["picture"]
        if not upload:
            return None
        try:
            return pictures.read(upload, "avatar")
        except pictures.PictureRejected as rejection:
            raise ValidationError(str(rejection), code="picture") from rejection

    def without_removal(self) -> None:
        """There is no picture that could be removed."""
        self.fields.pop("remove_picture", None)


class ProfileForm(PictureMixin, forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    field_order = ("display_name", "handle", "picture", "remove_picture")

    class Meta:
        model = User
        fields = ("display_name", "handle")
        labels: ClassVar[dict[str, str]] = {"display_name": "Name"}
        help_texts: ClassVar[dict[str, str]] = {
            "display_name": "As others read it. Without one, they read your handle.",
            "handle": HANDLE_HELP,
        }
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "handle": forms.TextInput(attrs={**HANDLE_ATTRS, "autocomplete": "username"})
        }

    def __init__(self, data: Posted, files: Files, *, user: User) -> None:
        # A copy: a refused form must not rename the person in the page's own head.
        super().__init__(data, files, instance=User.objects.get(pk=user.pk))
        if not user.avatar:
            self.without_removal()

    def clean_handle(self) -> str:
        return _checked_handle(self.cleaned_data["handle"], owner=self.instance)


class ArtistForm(PictureMixin, forms.ModelForm):  # type: ignore[type-arg]
    """An artist's page. `artist` is None while there is none yet."""

    website = forms.URLField(
        required=False,
        max_length=200,
        assume_scheme="https",
        validators=[URLValidator(schemes=["https"], message=HTTPS_ONLY)],
        error_messages={"invalid": HTTPS_ONLY},
        help_text="Where else to find you. It begins with https://.",
        widget=forms.URLInput(attrs={"autocomplete": "url", "placeholder": "https://"}),
    )
    field_order = (
        "name", "handle", "bio", "location", "website", "accent", "picture", "remove_picture",
    )  # fmt: skip

    class Meta:
        model = Artist
        fields = ("name", "handle", "bio", "location", "website", "accent")
        labels: ClassVar[dict[str, str]] = {"name": "Artist name", "bio": "About", "accent": "Colour"}
        help_texts: ClassVar[dict[str, str]] = {
            "handle": f"Your page's address: /@handle/. {HANDLE_HELP}",
            "bio": "A few lines for those who hear you for the first time.",
            "location": "A town, a country, a planet.",
            "accent": "Your page takes its colours from this one.",
        }
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "handle": forms.TextInput(attrs={**HANDLE_ATTRS, "autocomplete": "off"}),
            "bio": forms.Textarea(attrs={"rows": 5}),
            "accent": forms.TextInput(attrs={"type": "color"}),
        }

    def __init__(self, data: Posted, files: Files, *, user: User, artist: Artist | None) -> None:
        self.owner = user
        instance = Artist.objects.get(pk=artist.pk) if artist else Artist()
        super().__init__(data, files, instance=instance)
        if not instance.avatar:
            self.without_removal()

    def clean_handle(self) -> str:
        return _checked_handle(self.cleaned_data["handle"], owner=self.owner)

    def clean_accent(self) -> str:
        return str(self.cleaned_data["accent"]).lower()


def _checked_handle(typed: str, *, owner: User) -> str:
    handle = handles.tidy(typed)
    try:
        handles.check(handle, owner=owner)
    except AccountError as refusal:
        raise ValidationError(str(refusal), code="handle") from refusal
    return handle
