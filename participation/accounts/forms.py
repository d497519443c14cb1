"""Signing in."""

from flask_babel import lazy_gettext
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from participation.accounts.passwords import LONGEST
from participation.forms import BaseForm


class SignInForm(BaseForm):
    """E-mail and password."""

    email = StringField(
        lazy_gettext("E-mail"),
        [InputRequired(lazy_gettext("Please enter your e-mail address.")), Length(max=254)],
        render_kw={"type": "email", "autocomplete": "username"},
    )
    password = PasswordField(
        lazy_gettext("Password"),
        [InputRequired(lazy_gettext("Please enter your password.")), Length(max=LONGEST)],
        render_kw={"autocomplete": "current-password"},
    )
    next = HiddenField()
