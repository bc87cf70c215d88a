"""Forms as they are sent: fields with a name and a text, from a page of this server alone."""

from __future__ import annotations

from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

from deltarule.serving.class_tokens import ClassTokens

#: So many fields at most.
MOST_FIELDS = 2000
#: The field that a form brings along.
FORM_TOKEN = "form_token"
_FORM = "application/x-www-form-urlencoded"


async def sent_form(
    request: Request, tokens: ClassTokens, token: str, secure: bool
) -> dict[str, str]:
    """The fields that the bearer of a token sent; of one that stands there twice the last. What is
    `secure` came by HTTPS to what stands before this server. Raises HTTPException for a form from
    elsewhere, and for what is no form.
    """
    fields = await sent_fields(request)
    site = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin")
    own = f"http{'s' if secure else ''}://{request.headers.get('host', '')}"
    if site not in ("same-origin", "none") or origin not in (None, own):
        raise HTTPException(403, "this form comes from another page")
    if not tokens.is_form_token(fields.pop(FORM_TOKEN, ""), token):
        raise HTTPException(403, "this form is not from a page of this server: load the page again")
    return fields


async def sent_fields(request: Request) -> dict[str, str]:
    """The fields of a request."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _FORM:
        raise HTTPException(415, "forms alone are read here")
    try:
        body = (await request.body()).decode("utf-8")
        pairs = parse_qsl(body, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise HTTPException(400, "the form cannot be read") from None
    return {name: _plain(value) for name, value in pairs}


def _plain(value: str) -> str:
    """The text of a field with line ends as they are everywhere else: forms send CR LF."""
    return value.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "�")
