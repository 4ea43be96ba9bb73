"""Forms about a record: each is signed for one user, one person, one row and one version of it.

A form opened for one person cannot land on another, whatever else the tab shows meanwhile; one opened before somebody
else saved shows both versions; one sent after a session ended is kept as a draft.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar, Self
from uuid import UUID, uuid4

from django import forms
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from allcomers.service.governance import drafts
from allcomers.service.governance.decisions import Access
from allcomers.service.governance.models import Draft
from allcomers.service.governance.records import Versioned
from allcomers.service.governance.tokens import TOKEN, FormToken, MisdirectedFormError
from allcomers.service.look.words import too_long


class RecordForm(forms.Form):
    """A form of a page in the permission table.

    `name` names the form. `RecordForm(request.access, of=row)` shows it; `RecordForm.sent(request, of=row)` reads what
    was posted. `of` is the row it changes, or None for a new one; `about` is the id of anything else that the address
    names. The action is given `form.version`.
    """

    name: ClassVar[str]
    form_token = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        access: Access,
        data: Any = None,
        *,
        of: Versioned | None = None,
        about: UUID | None = None,
        initial: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        self.access, self.of, self.about = access, of, about
        self.draft: Draft | None = None
        self.drafts: list[Draft] = []
        self.refused = False
        self.conflict: list[tuple[str, str, str]] = []
        super().__init__(data, initial={**self.values_of(of), **(initial or {})}, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.CharField) and field.max_length:
                field.error_messages.setdefault("max_length", too_long(field.max_length))
        self.token = self._token_sent() if data is not None else self._token_shown()
        self.initial[TOKEN] = self.token.signed()

    @classmethod
    def sent(cls, request: HttpRequest, *, of: Versioned | None = None, **kwargs: Any) -> Self:
        """The form as it was posted.

        Raises
        ------
        MisdirectedFormError : it was shown for somebody or something else; the visitor is told, and nothing lands.
        """
        return cls(request.access, request.POST, of=of, **kwargs)  # type: ignore[attr-defined]

    @classmethod
    def shown(cls, request: HttpRequest, *, of: Versioned | None = None, **kwargs: Any) -> Self:
        """The form as a page shows it, with the draft that the address asks for (`?draft=`); it offers any others."""
        access: Access = request.access  # type: ignore[attr-defined]
        form = cls(access, of=of, **kwargs)
        if access.user is None:
            return form
        found = drafts.of(access.user.pk, form.token.form_key)
        wanted = next((one for one in found if str(one.pk) == request.GET.get("draft")), None)
        form.drafts = [one for one in found if one is not wanted]
        if wanted is not None:
            form._bring_back(wanted)
        return form

    @classmethod
    def of_request(cls, request: HttpRequest, *, of: Versioned | None = None, **kwargs: Any) -> Self:
        """The form as it was posted where it was, else as a page shows it. Raises `MisdirectedFormError`."""
        return (cls.sent if request.method == "POST" else cls.shown)(request, of=of, **kwargs)

    def _bring_back(self, draft: Draft) -> None:
        several = {name for name, field in self.fields.items() if isinstance(field, forms.MultipleChoiceField)}
        self.initial.update(drafts.initial(draft, several))
        self.draft, self.token = draft, replace(self.token, tab=draft.tab)
        self.initial[TOKEN] = self.token.signed()

    @property
    def version(self) -> int:
        """The version of the row that the form was shown with."""
        return self.token.version

    def answers(self) -> dict[str, Any]:
        """What was answered, without the token."""
        return {name: value for name, value in self.cleaned_data.items() if name != TOKEN}

    def saved(self) -> None:
        """The action went well: the draft of this tab is no longer needed."""
        drafts.forget(self.token)

    def values_of(self, row: Model | None) -> dict[str, Any]:
        """What the row holds now, for the fields that are named as its columns."""
        return {} if row is None else {name: getattr(row, name) for name in self.base_fields if hasattr(row, name)}

    def against(self, current: Any) -> Self:
        """The same words in a form for the version that is stored now, with what differs from it."""
        self.refused = True
        self.token = replace(self.token, version=current.version)
        assert isinstance(self.data, QueryDict)
        sent = self.data.copy()
        sent[self.add_prefix(TOKEN)] = self.token.signed()
        self.data = sent
        for name, stored in self.values_of(current).items():
            mine = self.cleaned_data.get(name)
            if mine != stored:
                self.conflict.append((str(self[name].label), _in_words(stored), _in_words(mine)))
        return self

    def _token_shown(self) -> FormToken:
        return FormToken(version=0 if self.of is None else self.of.version, tab=str(uuid4()), **self._whose())

    def _token_sent(self) -> FormToken:
        token = FormToken.read(self.data.get(self.add_prefix(TOKEN), ""))
        if token is None or {name: getattr(token, name) for name in self._whose()} != self._whose():
            raise MisdirectedFormError
        return token

    def _whose(self) -> dict[str, Any]:
        def plain(one: Any) -> str | None:
            return None if one is None else str(one if isinstance(one, UUID) else one.pk)

        return {
            "form": self.name,
            "user": plain(self.access.user),
            "person": plain(self.access.person),
            "row": plain(self.of if self.of is not None else self.about),
        }


def form_page(
    request: HttpRequest, template: str, form: RecordForm, page: dict[str, Any] | None = None, status: int = 0
) -> HttpResponse:
    """A page with a form: as it is asked for, or, as 422 where no other status is said, with its faults."""
    return render(request, template, {**(page or {}), "form": form}, status=status or (422 if form.is_bound else 200))


def _in_words(value: Any) -> str:
    if value is None or value == "":
        return "(empty)"
    return f"{value:%-d %B %Y}" if hasattr(value, "strftime") else str(value)
