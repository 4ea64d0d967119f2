"""Search in a Django project: a view with a page, here with the settings that it needs, so that it runs by itself.

Run it with ``python examples/django_view.py runserver``, and look at http://127.0.0.1:8000/?q=defense+industry. In a
project, `search` is a view as any other, and SEARCHLIB_INDEX a setting.
"""

import os
import sys
from functools import cache

import django
from django.conf import settings
from django.core.management import execute_from_command_line
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.safestring import mark_safe

import searchlib

PAGE = """\
<!doctype html>
<title>Search</title>
<form><input name="q" value="{{ q }}"><button>Search</button></form>
{% if error %}<pre>{{ error }}</pre>{% endif %}
{% if results %}<p>{{ results.total }} paragraph{{ results.total|pluralize }}</p>{% endif %}
<ol>
{% for hit, snippet in hits %}
<li><b>{{ hit.document.title }}</b> <p>{{ snippet }}</p> <small>{{ hit.citation }}</small></li>
{% endfor %}
</ol>
{% if results.suggestion %}
<p>Did you mean <a href="?q={{ results.suggestion|urlencode }}">{{ results.suggestion }}</a>?</p>
{% endif %}
"""

settings.configure(
    DEBUG=True,
    SECRET_KEY="of an example",
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["127.0.0.1", "localhost", "testserver"],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {"loaders": [("django.template.loaders.locmem.Loader", {"search.html": PAGE})]},
        }
    ],
    SEARCHLIB_INDEX=os.environ.get("SEARCHLIB_INDEX", "indexes/default"),
)
django.setup()


@cache
def index() -> searchlib.Index:
    """The index, opened by the first request of a process; it is safe between threads, and sees every commit."""
    return searchlib.open(settings.SEARCHLIB_INDEX, refresh="auto", limits=searchlib.Limits(timeout=2))


def search(request: HttpRequest) -> HttpResponse:
    q = request.GET.get("q", "").strip()
    found = {"q": q}
    if q:
        try:
            results = index().search(q)
        except (searchlib.QueryError, searchlib.QueryTimeout) as error:
            return render(request, "search.html", {**found, "error": error}, status=400)
        # What snippet("html") gives is escaped already, and has the matches in <mark>.
        found |= {"results": results, "hits": [(hit, mark_safe(hit.snippet("html"))) for hit in results]}
    return render(request, "search.html", found)


urlpatterns = [path("", search)]

if __name__ == "__main__":
    execute_from_command_line(sys.argv)
