"""Settings of the property tests: the same examples in every run, and no deadlines on a busy machine."""

from hypothesis import settings

settings.register_profile("codec", deadline=None, derandomize=True)
settings.load_profile("codec")
