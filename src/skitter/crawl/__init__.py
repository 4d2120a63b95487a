"""Carries values between the stages: ``one.py`` a URL, ``many.py`` many, ``page.py`` a response to what is read."""
