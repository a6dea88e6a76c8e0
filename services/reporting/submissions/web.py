"""The pages of reporting periods and their reports."""

from flask import Blueprint

bp = Blueprint("submissions", __name__, url_prefix="/contracts")
